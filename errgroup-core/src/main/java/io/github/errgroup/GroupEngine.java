package io.github.errgroup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one group: how it opens, how it is cancelled, and what its context tells. It stands on four layers, each
 * with a protocol of its own: {@link GroupState} (counts and phases), {@link GroupTasks} and
 * {@link GroupSubmission} (a task's way out and in), {@link GroupEnd} (waiting and answering).
 *
 * <p>Cancellation: the first cause is recorded in {@link Failures}, by whoever is first. One thread sets CANCELLED; it
 * writes the first cause as the context's, tells it, and only then interrupts and skips the live tasks, of this group and
 * of those opened in them. Hooks come last, since they may block, and keep the group from finishing until they have run.
 */
final class GroupEngine extends GroupEnd implements GroupContext {
    private static final int MAX_NAMES = 10;

    private static final AtomicReferenceFieldUpdater<GroupEngine, @Nullable CancelHooks> HOOKS =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, CancelHooks.class, "hooks");

    private static final AtomicReferenceFieldUpdater<GroupEngine, @Nullable Deadline> DEADLINE =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, Deadline.class, "deadline");

    /** Where the settings of a fresh group come from; null where they are this group's. */
    private final @Nullable Supplier<ErrGroupOptions> source;

    /** How it is opened at its first use; null where it was opened at once. */
    private final @Nullable LazyOpening lazyOpening;

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable CancelHooks hooks;

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable Deadline deadline;

    /**
     * Who opened the group with a limit of 0, as long as nobody has called {@link #setLimit}: blocked in {@code go}, this
     * thread would wait for a slot that nobody else is known to give. Null in any other group.
     */
    private volatile @Nullable Thread openerAtZero;

    /** Null unless it is captured. Written before the group is open to anyone else. */
    @Nullable
    OpeningPlace openedAt;

    /** The next older group opened by the parent task. Written before the group is there, then by {@link Children#prune}. */
    @Nullable
    GroupEngine olderSibling;

    /** The first use of a group that was made before anyone wanted one. */
    private static final class LazyOpening {
        private final Runnable guard;

        private final ReentrantLock lock = new ReentrantLock();

        /** Whether the opening was told: then others may use the group. Written under {@link #lock}. */
        private volatile boolean done;

        LazyOpening(Runnable guard) {
            this.guard = guard;
        }

        void openOnce(GroupEngine engine) {
            if (engine.phase() == GroupSnapshot.Phase.UNOPENED) {
                guard.run();
            }
            lock.lock();
            try {
                if (engine.phase() == GroupSnapshot.Phase.UNOPENED) {
                    // So that a listener told of the opening can cancel.
                    engine.opened(); // fault: first-use-opens
                    engine.open(); // fault: opened-child-looks
                    done = true; // not for a listener that uses the group while it opens
                }
            } finally {
                lock.unlock();
            }
        }
    }

    GroupEngine(
            ErrGroup group,
            ErrGroupOptions options,
            @Nullable Supplier<ErrGroupOptions> source,
            @Nullable Runnable beforeFirstUse) {
        super(group, options, beforeFirstUse == null ? 0 : UNOPENED);
        this.source = source;
        this.lazyOpening = beforeFirstUse == null ? null : new LazyOpening(beforeFirstUse);
    }

    @Override
    GroupEngine self() {
        return this;
    }

    // ---- opening

    /** Called before anyone else can see the group, or under the lock of the lazy opening. */
    void open() {
        Duration timeout = options().timeout();
        openersLoader = Thread.currentThread().getContextClassLoader();
        openedNanos = options().clock().nanoTime();
        parent = CurrentTask.get();
        openedAt = options().captureOpener() ? OpeningPlace.here() : null;
        openerAtZero = limit() == 0 ? Thread.currentThread() : null;
        tell(listener -> listener.onOpen(group()));
        if (timeout != null && deadline == null) { // else a listener has just set another
            setTimeout(timeout);
        }
        TaskRun<?> opener = parent;
        if (opener != null) {
            opener.extras().adopting().add(this); // fault: child-is-registered
            if (opener.engine.isCancelled()) { // fault: registered-child-looks
                cancelFromParent(opener.engine);
            }
        }
    }

    @Override
    void used() {
        LazyOpening lazy = lazyOpening;
        if (lazy != null && !lazy.done) {
            lazy.openOnce(this);
        }
    }

    // ---- cancelling

    @Override
    void cancel(FirstCause cause) {
        List<GroupEngine> tree = new ArrayList<>(1);
        try {
            markCancelled(cause, tree); // fault: cancellation-is-written
            // The whole tree knows its cause before any thread is interrupted: a task that waits for a group below must
            // not take the interrupt for its own.
            for (GroupEngine engine : tree) {
                engine.interruptTasks();
            }
            for (GroupEngine engine : tree) {
                engine.skipWaiting();
            }
        } finally {
            for (GroupEngine engine : tree) {
                engine.runHooks();
            }
        }
    }

    /**
     * Records the first cause, then sets and tells the cancellation of this group and of those below it. Whoever sets
     * CANCELLED cancels with the first cause, which may be another's; but a failure that a group keeps cancels nothing.
     */
    private void markCancelled(FirstCause mine, List<GroupEngine> tree) {
        if (is(UNOPENED | CANCELLED | FINISHED | CLOSED)) {
            return;
        }
        hooksBegin(); // fault: hooks-are-counted
        FirstCause first = failures().firstOr(mine);
        boolean kept = first.isFailure() && !options().cancelOnError();
        FirstCause why = kept ? mine : first; // fault: first-cause-cancels
        if (!tryPhase(CANCELLED, UNOPENED | CANCELLED | FINISHED | CLOSED, false)) { // fault: cancelled-is-set
            hooksEnd(); // fault: unneeded-hooks-are-discounted
            return;
        }
        if (kept && mine.reason() != CancelReason.CLOSED) {
            failures().cancelledLater(mine.thrown());
        }
        cancellation = new Cancellation(why.reason(), why.thrown(), isTimed() ? nanosOrZero() : 0);
        tree.add(this); // fault: cancelled-group-joins-its-tree
        tell(listener -> listener.onCancel(group(), why.reason(), why.thrown()));
        FirstCause fromAbove = FirstCause.ofCancellation(CancelReason.PARENT, why.thrown());
        live().forEach(task -> {
            TaskExtras rare = task.extrasIfAny();
            if (rare != null && rare.children != null) {
                rare.children.forEach(child -> child.markCancelled(fromAbove, tree));
            }
        });
    }

    private void interruptTasks() {
        if (options().interruptOnCancel()) {
            live().forEach(TaskRun::interrupt);
        }
    }

    /** Skips what has not started, and lets go who waits to start something. */
    private void skipWaiting() {
        live().forEach(this::skip);
        if (workers != null) {
            workers.skipQueued();
            workers.endLingering();
        }
        Slots waiting = slotsIfAny();
        if (waiting != null) {
            waiting.changed();
            waiting.wakeAllCallers();
        }
        SharedLimit shared = options().sharedLimit();
        if (shared != null) {
            shared.cancelled(this, this::skip);
        }
        if (stragglers != null) {
            stragglers.groupCancelled();
        }
    }

    private void runHooks() {
        try {
            CancelHooks registered = hooks;
            if (registered != null) {
                registered.runAll(this);
            }
        } finally {
            hooksEnd();
        }
    }

    private void cancelFromParent(GroupEngine above) {
        Throwable cause = above.cause();
        if (cause != null) {
            cancel(CancelReason.PARENT, cause);
        }
    }

    void cancelExplicitly(@Nullable Throwable cause) {
        used();
        cancel(CancelReason.EXPLICIT, cause != null ? cause : new CancellationException(title() + " was cancelled"));
    }

    /** Below a cancelled group it has no effect: this group is cancelled with that one, now or in a moment, and says so. */
    void shutdown() {
        if (!isBelowCancelled()) {
            cancel(
                    CancelReason.SHUTDOWN,
                    new CancellationException(title() + " was cancelled: the application shuts down"));
        }
    }

    private boolean isBelowCancelled() {
        for (TaskRun<?> opener = parent; opener != null; opener = opener.engine.parent) {
            if (opener.engine.is(CANCELLED)) {
                return true;
            }
        }
        return false;
    }

    @Override
    void cancelByInterrupt() {
        TaskRun<?> opener = parent;
        if (opener != null && opener.engine.isCancelled()) {
            cancelFromParent(opener.engine); // which is what the interrupt was for
            return;
        }
        cancel(
                CancelReason.INTERRUPTED,
                new InterruptedException("thread '" + Thread.currentThread().getName() + "' was interrupted while it"
                        + " waited for group '" + options().name() + "'"));
    }

    /** The deadline has passed. Called by the timer, which runs no user code. */
    void expire() {
        OwnThreads.startHelper("deadline", () -> cancel(CancelReason.TIMEOUT, timeoutException()));
    }

    private TimeoutException timeoutException() {
        Deadline own = deadline;
        List<String> names = new ArrayList<>();
        long[] unfinished = {0};
        Consumer<TaskRun<?>> visitor = task -> {
            if (!task.state().isEnded() && ++unfinished[0] <= MAX_NAMES) {
                names.add("'" + task.name() + "' (#" + task.index() + ")");
            }
        };
        live().forEach(visitor);
        forEachWaiting(visitor);
        if (unfinished[0] > MAX_NAMES) {
            names.add("...");
        }
        return new TimeoutException(title() + " passed its deadline of " + (own == null ? null : own.timeout())
                + " with " + Plural.of(unfinished[0], "unfinished task")
                + (names.isEmpty() ? "" : ": " + String.join(", ", names)));
    }

    @Override
    void forgetAtParent() {
        TaskRun<?> opener = parent;
        TaskExtras rare = opener == null ? null : opener.extrasIfAny();
        Children siblings = rare == null ? null : rare.children;
        if (siblings != null) {
            siblings.prune();
        }
    }

    @Override
    boolean closeUnopened() {
        LazyOpening lazy = lazyOpening;
        if (lazy == null || !is(UNOPENED)) {
            return false;
        }
        lazy.lock.lock();
        try {
            return phase() == GroupSnapshot.Phase.UNOPENED && tryPhase(CLOSED | FINISHED, CLOSED, true);
        } finally {
            lazy.lock.unlock();
        }
    }

    @Override
    void releaseParts() {
        Deadline set = deadline;
        if (set != null) {
            set.end();
        }
        if (stragglers != null) {
            stragglers.groupEnded();
        }
        CancelHooks registered = hooks;
        if (registered != null) {
            registered.clear();
        }
    }

    @Override
    boolean runsHookIn(Thread thread) {
        CancelHooks registered = hooks;
        return registered != null && registered.isRunningIn(thread);
    }

    // ---- the context

    @Override
    public boolean isCancelled() {
        return cancellation != null;
    }

    @Override
    public @Nullable Throwable cause() {
        Cancellation why = cancellation;
        if (why == Cancellation.ENDED) {
            return new CancellationException(this + " has ended");
        }
        return why == null ? null : why.cause;
    }

    @Override
    public @Nullable CancelReason reason() {
        Cancellation why = cancellation;
        return why == null ? null : why.reason;
    }

    @Override
    public Optional<Duration> remaining() {
        return Optional.ofNullable(remainingOrNull());
    }

    private @Nullable Duration remainingOrNull() {
        Deadline set = deadline;
        Duration own = set == null ? null : set.remaining();
        TaskRun<?> opener = parent;
        Duration above = opener == null ? null : opener.engine.remainingOrNull();
        if (own == null || above == null) {
            return own == null ? above : own;
        }
        return own.compareTo(above) <= 0 ? own : above;
    }

    @Override
    public Registration onCancel(Runnable hook) {
        Objects.requireNonNull(hook, "hook");
        used();
        return hooks().add(this, hook);
    }

    @Override
    public void throwIfCancelled() {
        Throwable cause = cause();
        if (cause != null) {
            CancellationException thrown = new CancellationException(this + " is cancelled: " + UserText.of(cause));
            thrown.initCause(cause);
            throw thrown;
        }
    }

    @Override
    void refuseIfNeverGranted() {
        if (openerAtZero == Thread.currentThread() && remainingOrNull() == null) {
            throw new IllegalStateException(
                    this + " was opened with limit 0 by this thread, and go() would wait for ever:"
                            + " nothing starts at limit 0, there is no deadline, and nobody has called setLimit(). Open it with a"
                            + " limit above 0, or -1 for none; if another thread is to raise the limit while go() waits, call"
                            + " setLimit(0) after opening it");
        }
    }

    // ---- settings and views

    void setLimit(int newLimit) {
        used();
        openerAtZero = null;
        limit(Math.max(newLimit, ErrGroupOptions.NO_LIMIT)); // fault: limit-is-set
        slotFreed(); // fault: new-limit-is-told
    }

    void setTimeout(@Nullable Duration timeout) {
        ErrGroupOptions.checkDuration("timeout", timeout);
        used();
        Deadline set = deadline;
        if (set == null) {
            DEADLINE.compareAndSet(this, null, new Deadline(this, openedNanos));
            set = deadline;
        }
        if (set != null) {
            set.set(timeout);
            if (is(FINISHED)) {
                set.end(); // it ended meanwhile, and may have missed this one
            }
        }
    }

    GroupSnapshot snapshot() {
        return Snapshots.of(this);
    }

    @Nullable
    Supplier<ErrGroupOptions> source() {
        return source;
    }

    /** How long ago it was opened; zero before that, and for ever in a group that was closed unused. */
    Duration age(long now) {
        LazyOpening lazy = lazyOpening;
        return lazy != null && !lazy.done ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - openedNanos));
    }

    @Nullable
    ErrGroup parentGroup() {
        TaskRun<?> opener = parent;
        return opener == null ? null : opener.engine.group();
    }

    private CancelHooks hooks() {
        if (hooks == null) {
            HOOKS.compareAndSet(this, null, new CancelHooks());
        }
        return Objects.requireNonNull(hooks);
    }

    @Override
    public String toString() {
        return title() + " (" + phase() + ")";
    }
}
