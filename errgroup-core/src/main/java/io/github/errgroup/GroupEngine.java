package io.github.errgroup;

import io.github.errgroup.Subtask.State;
import java.lang.invoke.StringConcatFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one group: a task's way in and its way out, cancellation, and the end of the group.
 *
 * <pre>
 *  go ─admitted─▶ start ─has its slots─▶ launch ─has a thread─▶ TaskRun.perform ─▶ end ─▶ settle ─▶ hand off ─▶ leave
 *   └─group is full─▶ {@link Slots}  └─shared limit─▶ {@link SharedLimit}  └─{@link Launcher}
 * </pre>
 *
 * <ol>
 *   <li>A task is made before it is admitted (counted, with a slot or queued for one), and admitted before anybody else can
 *       see it. From then on exactly one of {@link #end} and {@link #endUnstarted} ends it, whatever fails on the way; or, if
 *       something is thrown before its launch, {@link #withdraw} undoes the admission.
 *   <li>It is among the live ones before its launch, and the cancellation is read after that; the canceller writes
 *       {@link #cancellation}, and only then visits the live tasks (J2).
 *   <li>The order at a task's end is J11: the first failure is recorded before anybody is cancelled (G1), the interrupt is
 *       taken back before the slot is free, and everything comes before the word changes.
 *   <li>Cancellation: the first cause is recorded in {@link Failures}, by the thread that comes first. One thread sets
 *       CANCELLED; it
 *       writes the first cause as the context's, tells it, and only then interrupts and skips the live tasks, of this group
 *       and of those opened in them. Hooks come last, since they may block, and keep the group from finishing until they have
 *       run.
 *   <li>FINISHED is set by one thread, which tells the end and then writes {@link #answered}; every {@code await} and
 *       {@code close} returns after that.
 * </ol>
 */
final class GroupEngine extends GroupState
        implements GroupContext,
                Results.Group,
                Workers.Group,
                TaskDeadlines.Group,
                Slots.Starter,
                Children.Child,
                Verdict.Above {
    private static final int MAX_NAMES = 10;

    private static final AtomicReferenceFieldUpdater<GroupEngine, @Nullable Slots> SLOTS =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, Slots.class, "slots");

    private static final AtomicReferenceFieldUpdater<GroupEngine, @Nullable Failures> FAILURES =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, Failures.class, "failures");

    private static final AtomicReferenceFieldUpdater<GroupEngine, @Nullable CancelHooks> HOOKS =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, CancelHooks.class, "hooks");

    private static final AtomicReferenceFieldUpdater<GroupEngine, LiveTasks.Seat[]> LIVE =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, LiveTasks.Seat[].class, "live");

    private static final AtomicReferenceFieldUpdater<GroupEngine, Extras> EXTRAS =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, Extras.class, "extras");

    static {
        // A class that is first initialized on a full stack can never be used again in this JVM (J9). These are used on
        // the way of a task, or to take it back. From LimitWait on, few groups use them, but methods on that way name
        // them: HotSpot inlines no method with a parameter or a result of a class that the loader of that method has
        // not been asked for yet.
        Class<?>[] used = {
            TaskRun.class,
            LiveTasks.class,
            Extras.class,
            RunQueue.class,
            Workers.class,
            CurrentTask.class,
            Way.class,
            ThreadTable.class,
            VirtualThreads.class,
            ShortWait.class,
            Wait.class,
            Host.class,
            Launcher.class,
            Interrupts.class,
            Verdict.class,
            Log.class,
            SharedLimit.class,
            ExternalExecutor.class,
            Thread.State.class,
            StringConcatFactory.class,
            LimitWait.class,
            Trampoline.class,
            FirstCause.class,
            ContextPropagator.class,
            ContextPropagator.Captured.class,
            Consumer.class
        };
        try {
            for (Class<?> type : used) {
                Class.forName(type.getName(), true, type.getClassLoader());
            }
        } catch (ClassNotFoundException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ErrGroup group;

    private final ErrGroupOptions options;

    private final Launcher launcher;

    /** The newest row of the live tasks. Set by CAS, by a thread that finds it full. */
    private volatile LiveTasks.Seat[] live = LiveTasks.firstRow();

    /** {@link Extras#NONE}, then the group's own once it needs one. Set by CAS, read by anyone. */
    private volatile Extras extras;

    /** Whether anybody wants times: then each task reads the clock twice. */
    private final boolean timed;

    /** Whether every task has {@link TaskExtras}. */
    private final boolean rich;

    /** Whether the end was told. Written by the thread that set FINISHED. */
    private volatile boolean answered;

    /** That the context is cancelled, and why. Written once, by the thread that set CANCELLED; read by anyone. */
    private volatile @Nullable Cancellation cancellation;

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable Slots slots;

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable Failures failures;

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable CancelHooks hooks;

    /**
     * What calls of {@code go} could not end: the task, the thread, what was thrown, and the next of these. Guarded by this
     * object's monitor; read without to see whether there is any. Arrays and a monitor, since neither needs a frame of the
     * stack, which may be full.
     */
    private volatile Object @Nullable [] leftovers;

    /** Whether a thread clears up. Guarded by this object's monitor. */
    private boolean clearing;

    // What follows is written before the group is open to anyone else.

    /** When the group was opened, in its clock. */
    private long openedNanos;

    /** The class loader of the thread that opened the group. */
    private @Nullable ClassLoader openersLoader;

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
                    engine.opened(); // fault: first-use-opens
                    engine.open(); // fault: opened-child-looks
                    done = true; // not for a listener that uses the group while it opens
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** What only some groups have: settings that few use, listeners, a group around it, a deadline. Others share {@link #NONE}. */
    private static final class Extras {
        /** Of a group that has nothing of this. Nobody writes to it. */
        static final Extras NONE = new Extras();

        private static final AtomicReferenceFieldUpdater<Extras, @Nullable Deadline> DEADLINE =
                AtomicReferenceFieldUpdater.newUpdater(Extras.class, Deadline.class, "deadline");

        /** Where the settings of a fresh group come from; null where they are this group's. */
        final @Nullable Supplier<ErrGroupOptions> source;

        /** How it is opened at its first use; null where it was opened at once. */
        final @Nullable LazyOpening lazyOpening;

        final @Nullable Stragglers stragglers;

        final @Nullable TaskDeadlines taskDeadlines;

        /** Whether some successes are enough. */
        final boolean countsSuccesses;

        // What follows is written before the group is open to anyone else.

        /** Null where nobody listens. */
        @Nullable
        Listeners listeners;

        /** The task that the group was opened in. */
        @Nullable
        TaskRun<?> parent;

        /** Null unless it is captured. */
        @Nullable
        OpeningPlace openedAt;

        /** Written later too, by {@link Children#prune}. */
        Children.@Nullable Child olderSibling;

        /**
         * The thread that opened the group with a limit of 0, as long as nobody has called {@code setLimit}: blocked in
         * {@code go}, it would wait for a slot that nobody else is known to give. Null in any other group.
         */
        volatile @Nullable Thread openerAtZero;

        /** Made when first needed, then kept. Set by CAS, read by anyone. */
        private volatile @Nullable Deadline deadline;

        Extras() {
            this(null, null, null, null, false);
        }

        Extras(
                @Nullable Supplier<ErrGroupOptions> source,
                @Nullable LazyOpening lazyOpening,
                @Nullable Stragglers stragglers,
                @Nullable TaskDeadlines taskDeadlines,
                boolean countsSuccesses) {
            this.source = source;
            this.lazyOpening = lazyOpening;
            this.stragglers = stragglers;
            this.taskDeadlines = taskDeadlines;
            this.countsSuccesses = countsSuccesses;
        }

        @Nullable
        Deadline deadline() {
            return deadline;
        }

        /** The deadline that is there; the given one if there was none. */
        Deadline deadlineOr(Deadline made) {
            DEADLINE.compareAndSet(this, null, made); // fault: first-deadline-stays
            return Objects.requireNonNull(deadline);
        }
    }

    GroupEngine(
            ErrGroup group,
            ErrGroupOptions options,
            @Nullable Supplier<ErrGroupOptions> source,
            @Nullable Runnable beforeFirstUse) {
        super(options.limit(), beforeFirstUse == null ? 0 : UNOPENED);
        this.group = group;
        this.options = options;
        Duration grace = options.stragglerGrace();
        Duration taskTimeout = options.taskTimeout();
        boolean countsSuccesses = options.enough() > 0;
        this.extras =
                source == null && beforeFirstUse == null && grace == null && taskTimeout == null && !countsSuccesses
                        ? Extras.NONE
                        : new Extras(
                                source,
                                beforeFirstUse == null ? null : new LazyOpening(beforeFirstUse),
                                grace == null ? null : new Stragglers(this, grace),
                                taskTimeout == null ? null : new TaskDeadlines(this, options.clock(), taskTimeout),
                                countsSuccesses);
        this.timed = !options.listeners().isEmpty() || grace != null;
        this.rich = timed
                || options.sharedLimit() != null
                || options.contextPropagator() != null
                || options.threads() instanceof ExternalExecutor;
        this.launcher = options.threads().launcher(this, reuses(options));
    }

    private static boolean reuses(ErrGroupOptions options) {
        Boolean asked = options.reuseThreads();
        return asked != null ? asked : options.limit() >= 0;
    }

    // ---- opening

    /** Called before anyone else can see the group, or under the lock of the lazy opening. */
    void open() {
        Duration timeout = options.timeout();
        openersLoader = Thread.currentThread().getContextClassLoader();
        openedNanos = options.clock().nanoTime();
        TaskRun<?> opener = CurrentTask.get();
        if (opener != null) {
            ownExtras().parent = opener;
        }
        if (options.captureOpener()) {
            ownExtras().openedAt = OpeningPlace.here();
        }
        if (limit() == 0) {
            ownExtras().openerAtZero = Thread.currentThread();
        }
        if (timed) {
            ownExtras().listeners = Listeners.of(group, options.listeners());
            tell(GroupListener::onOpen);
        }
        if (timeout != null && extras.deadline() == null) { // else a listener has just set another
            setTimeout(timeout);
        }
        if (opener != null) {
            opener.extras().adopting().add(this); // fault: child-is-registered
            if (opener.group.cancellation() != null) { // fault: registered-child-looks
                cancelFromParent(opener.group);
            }
        }
    }

    /** The group's own extras, made now if need be: for a caller that writes to them. */
    private Extras ownExtras() {
        if (extras == Extras.NONE) {
            Extras made = new Extras();
            EXTRAS.compareAndSet(this, Extras.NONE, made); // fault: first-extras-stay
        }
        return extras;
    }

    /** Opens a lazily made group. */
    void used() {
        LazyOpening lazy = extras.lazyOpening;
        if (lazy != null && !lazy.done) {
            lazy.openOnce(this);
        }
    }

    /** Opens a lazily made group, and refuses a finished or closed one. */
    void usable() {
        used();
        refuseIfFinished();
    }

    // ---- a task's way in

    /** How a call submits a task where there is no slot for it. */
    private enum Way {
        /** As {@code go}: a caller from outside blocks, a task's own call queues. */
        GO,
        /** As a task's own {@code go}, also for a caller from outside: it never blocks. */
        QUEUE,
        /** Not at all. */
        TRY
    }

    <T extends @Nullable Object> Subtask<T> go(@Nullable String name, Object body) {
        used();
        TaskRun<T> task = newTask(name, body);
        submit(task, Way.GO);
        return task;
    }

    /** As a task's own {@code go}: never blocks. A loop bounds what it submits. */
    @Override
    public <R extends @Nullable Object> Subtask<R> go(@Nullable String name, Callable<R> body, Runnable atEnd) {
        TaskRun<R> task = newTask(name, body);
        task.firstExtras().atEnd = atEnd;
        submit(task, Way.QUEUE);
        return task;
    }

    /**
     * Submits the one task of a group that nobody awaits or closes: it ends with the task. A task under the same shared limit
     * queues, as one of the group itself does in {@code go}; any other caller may block.
     */
    Subtask<?> goAlone(Object body) {
        TaskRun<?> task = newTask(null, body);
        task.firstExtras().atEnd = this::endAlone;
        try {
            submit(task, isUnderSharedLimit(CurrentTask.get()) ? Way.QUEUE : Way.GO);
        } catch (Throwable e) {
            close(false);
            throw e;
        }
        return task;
    }

    private boolean isUnderSharedLimit(@Nullable TaskRun<?> task) {
        SharedLimit shared = sharedLimit();
        return task != null
                && shared != null
                && (task.group.sharedLimit() == shared
                        || isUnderSharedLimit(task.group.parent())
                        || isUnderSharedLimit(outer(task)));
    }

    /** The one task has left. Waits for no hook here: this may be the thread that runs them next. */
    private void endAlone() {
        if (isQuiet()) {
            closeWhenQuiet(false);
        } else {
            HelperThread.start("end", () -> closeWhenQuiet(false));
        }
    }

    <T extends @Nullable Object> @Nullable Subtask<T> tryGo(@Nullable String name, Object body) {
        used();
        TaskRun<T> task = newTask(name, body);
        return submit(task, Way.TRY) ? task : null;
    }

    /** Returns whether the task was submitted: false only where there is no slot and none is waited for. */
    private boolean submit(TaskRun<?> task, Way way) {
        Thread submitter = Thread.currentThread();
        try {
            long index = tryAdmit();
            if (index >= 0) {
                task.place = index << TaskRun.INDEX_SHIFT;
                return start(task, way);
            }
            if (way == Way.TRY) {
                return false;
            }
            if (index == REFUSED) {
                skipAtOnce(task);
            } else if (way == Way.GO) {
                goWhenFull(task);
            } else {
                goFromBacklog(task, slots());
            }
            return true;
        } catch (Throwable e) {
            // No call before this is noted: the stack may be full.
            if (task.place >= 0) {
                synchronized (this) {
                    leftovers = new Object[] {task, submitter, e, leftovers};
                }
            }
            clearUpIfPossible();
            throw e;
        }
    }

    /** Starts an admitted task that has a slot of the group. Returns false if it was taken back. */
    private boolean start(TaskRun<?> task, Way way) {
        if (way == Way.GO) {
            start(task, (LimitWait) null);
            return true;
        }
        SharedLimit shared = sharedLimit();
        boolean granted = shared == null || shared.tryTake(task);
        if (way == Way.TRY) {
            return granted ? launchAtOnce(task) : takenBack(task);
        }
        if (granted) {
            launchGranted(task, true);
        } else {
            startFromBacklog(task);
        }
        return true;
    }

    private void goWhenFull(TaskRun<?> task) {
        Slots waiting = slots(); // made before the admission: then nothing can keep it from being made after it
        if (!isInside(CurrentTask.get())) {
            refuseIfNeverGranted();
            try (LimitWait limitWait = limitWait()) {
                long index = awaitSlot(task, waiting, limitWait);
                if (index >= 0) {
                    task.place = index << TaskRun.INDEX_SHIFT;
                    start(task, limitWait);
                } else if (index == REFUSED) {
                    skipAtOnce(task);
                } else if (index == TOO_LATE && limitWait != null) {
                    rejectAtOnce(task, limitWait);
                }
            }
            return;
        }
        goFromBacklog(task, waiting);
    }

    /** Queues a task for the next free slot. */
    private void goFromBacklog(TaskRun<?> task, Slots waiting) {
        long index = admitAnyway();
        if (index == REFUSED) {
            skipAtOnce(task);
            return;
        }
        task.place = index << TaskRun.INDEX_SHIFT;
        waiting.addToBacklog(task);
        waiting.run(); // fault: backlogged-task-pumps
    }

    /** Throws if the caller, which is about to block for a slot of the group's own limit, would block for ever. */
    private void refuseIfNeverGranted() {
        if (extras.openerAtZero == Thread.currentThread() && remainingOrNull() == null && options.limitWait() == null) {
            throw new IllegalStateException(
                    this + " was opened with limit 0 by this thread, and go() would wait for ever:"
                            + " nothing starts at limit 0, there is no deadline, and nobody has called setLimit(). Open it with a"
                            + " limit above 0, or -1 for none; if another thread is to raise the limit while go() waits, call"
                            + " setLimit(0) after opening it");
        }
    }

    /** The group is cancelled: the task is counted, and never starts. */
    private void skipAtOnce(TaskRun<?> task) {
        task.place = admitToCancelled() << TaskRun.INDEX_SHIFT | TaskRun.TAKEN_BACK;
        task.retire();
        endUnstarted(task, null);
    }

    /** How long a call of {@code go} may wait for its slots; null for as long as it takes. */
    private @Nullable LimitWait limitWait() {
        Duration most = options.limitWait();
        return most == null ? null : new LimitWait(options.clock(), most);
    }

    /** The caller waited for a slot for as long as it may (N13): the task is counted, and ends as rejected. */
    private void rejectAtOnce(TaskRun<?> task, LimitWait limitWait) {
        long index = admitAnyway();
        if (index == REFUSED) {
            skipAtOnce(task);
            return;
        }
        task.place = index << TaskRun.INDEX_SHIFT;
        rejectTooLate(task, limit(), "the group's limit of ", limitWait);
    }

    /** Ends an admitted task that waits nowhere any more. */
    private void rejectTooLate(TaskRun<?> task, int limit, String whose, LimitWait limitWait) {
        if (!task.retire()) {
            return; // the canceller ends it
        }
        task.place |= TaskRun.TAKEN_BACK;
        String waited = limitWait.limit().isZero()
                ? " found no slot, and was not to wait for one (limitWait PT0S): "
                : " waited " + limitWait.limit() + " for a slot, the most it may (limitWait): ";
        String message = task.describe() + waited + whose + Plural.of(limit, "task") + " was reached";
        endUnstarted(task, new LimitExceededException(message, name(), limit, limitWait.limit()));
    }

    /** Launches a task that has all its slots, for a caller that waits for nothing. Returns false if it was taken back. */
    private boolean launchAtOnce(TaskRun<?> task) {
        Throwable failure = launch(task, true);
        if (failure == null) {
            return true;
        }
        task.place |= TaskRun.TAKEN_BACK;
        if (failure == Launcher.CANCELLED_MEANWHILE || failure instanceof RejectedExecutionException) {
            return takenBack(task);
        }
        endUnstarted(task, failure);
        return true;
    }

    private boolean takenBack(TaskRun<?> task) {
        withdraw(task);
        return false;
    }

    /** Made before the admission, so that nothing is to be undone if it cannot be made. Its index is told later. */
    private <T extends @Nullable Object> TaskRun<T> newTask(@Nullable String name, Object body) {
        if (!rich) {
            return bareTask(name, body);
        }
        ContextPropagator propagator = options.contextPropagator();
        ContextPropagator.Captured captured = propagator == null ? null : propagator.capture();
        TaskRun<T> task = bareTask(name, body);
        task.firstExtras().captured = captured;
        return task;
    }

    private <T extends @Nullable Object> TaskRun<T> bareTask(@Nullable String name, Object body) {
        return extras.taskDeadlines == null ? new TaskRun<>(this, name, body) : new DeadlineTask<>(this, name, body);
    }

    /**
     * Starts an admitted task that has a slot, for a caller of {@code go}: from outside, blocks for the shared slot.
     *
     * @param begun how long the caller may still wait, if it has waited before
     */
    private void start(TaskRun<?> task, @Nullable LimitWait begun) {
        SharedLimit shared = sharedLimit();
        if (shared == null || shared.tryTake(task)) { // fault: shared-slot-is-taken
            launchGranted(task, true);
        } else if (isInside(CurrentTask.get())) {
            startFromBacklog(task);
        } else if (begun != null) {
            awaitSharedSlot(task, shared, begun);
        } else {
            try (LimitWait limitWait = limitWait()) {
                awaitSharedSlot(task, shared, limitWait);
            }
        }
    }

    /** Never blocks: the caller ends a task of its own, or changes the limit. */
    @Override
    public void startFromBacklog(TaskRun<?> task) {
        if (!task.isPending()) {
            return; // taken back
        }
        boolean granted;
        try {
            SharedLimit shared = sharedLimit();
            granted = shared == null || queueForSharedSlot(task, shared, null);
        } catch (StackOverflowError e) {
            synchronized (this) {
                leftovers = new Object[] {task, null, e, leftovers};
            }
            clearUpIfPossible();
            return;
        } catch (Throwable e) {
            endIfNotTaken(task, e);
            return;
        }
        if (granted) {
            launchGranted(task);
        }
    }

    @Override
    public boolean startForCaller(TaskRun<?> task) {
        SharedLimit shared = sharedLimit();
        if (!launcher.isForAnyCaller() || (shared != null && !shared.tryTake(task))) {
            return false;
        }
        launchGranted(task);
        return true;
    }

    /** Takes a shared slot, or queues for one. Returns whether the task has it now. */
    private boolean queueForSharedSlot(TaskRun<?> task, SharedLimit shared, @Nullable Thread caller) {
        if (shared.acquire(task, caller)) {
            return true;
        }
        if (cancellation != null) { // fault: queued-task-looks
            shared.cancelled(this, this::skip); // queued, then checked: the canceller may have looked before
        }
        return false;
    }

    @Override
    public void launchGranted(TaskRun<?> task) {
        launchGranted(task, false);
    }

    /** What is thrown is the task's failure: the end of another task may be below on the stack. */
    private void launchGranted(TaskRun<?> task, boolean submitting) {
        try {
            Throwable failure = launch(task, submitting);
            if (failure != null) {
                task.place |= TaskRun.TAKEN_BACK;
                endUnstarted(task, failure == Launcher.CANCELLED_MEANWHILE ? null : failure);
            }
        } catch (StackOverflowError e) {
            if (submitting) {
                throw e;
            }
            synchronized (this) {
                leftovers = new Object[] {task, null, e, leftovers};
            }
            clearUpIfPossible();
        } catch (Throwable e) {
            endIfNotTaken(task, e);
        }
    }

    private @Nullable Throwable launch(TaskRun<?> task, boolean mayWait) {
        // One that is not pending waited for a shared slot when the group was cancelled.
        return rich && !task.isPending() ? null : launcher.launch(task, mayWait);
    }

    private void endIfNotTaken(TaskRun<?> task, Throwable failure) {
        forget(task);
        if (task.retire() || task.retireUnstarted()) {
            task.place |= TaskRun.TAKEN_BACK;
            endUnstarted(task, failure);
        }
    }

    /** From now on a task is given no slot that nobody would free. */
    private void forget(TaskRun<?> task) {
        Slots waiting = slots;
        if (waiting != null) {
            waiting.forget(task);
        }
        SharedLimit shared = sharedLimit();
        if (shared != null) {
            shared.forget(task);
        }
    }

    /** Undoes the admission of a task that nobody else can take: it was never submitted. */
    private void withdraw(TaskRun<?> task) {
        if ((task.place & TaskRun.WITHDRAWN) == 0) {
            countWithdrawn();
            task.place |= TaskRun.WITHDRAWN;
        }
        leave(task, Host.CALLERS_THREAD);
    }

    // ---- what go could not end

    /** Where the stack may be full. */
    private void clearUpIfPossible() {
        try {
            clearUp(false);
        } catch (StackOverflowError again) {
            // It is full here too: a thread that waits for the group or ends a task does it. The first error is told.
        }
    }

    /**
     * Undoes what calls of {@code go} have begun and could not undo themselves (J9): something was thrown, mostly since their
     * stack or the memory was full, between the admission of a task and its launch. One thread at a time; what is thrown here
     * leaves the rest to the next that waits for the group or ends a task of it.
     *
     * @param hasRoom whether the stack of this thread is known not to be full
     */
    private void clearUp(boolean hasRoom) {
        while (leftovers != null) {
            Object[] next;
            synchronized (this) {
                next = leftovers;
                if (clearing || next == null) {
                    return;
                }
                clearing = true;
                leftovers = (Object[]) next[3];
            }
            boolean done = false;
            try {
                undo((TaskRun<?>) next[0], (Thread) next[1], (Throwable) next[2], hasRoom);
                done = true;
            } finally {
                synchronized (this) {
                    clearing = false;
                    if (!done) {
                        next[3] = leftovers;
                        leftovers = next;
                    }
                }
            }
        }
    }

    /**
     * Takes back a task whose submitter has failed, unless somebody has taken it. May be called again if it fails itself.
     *
     * @param submitter the thread whose call of {@code go} threw, and gave no handle; a task that it ran inside that call runs
     *     no more. Null where the task has a handle: then it ends as failed
     */
    private void undo(TaskRun<?> task, @Nullable Thread submitter, Throwable failure, boolean hasRoom) {
        boolean mine = (task.place & TaskRun.TAKEN_BACK) != 0;
        if (!mine) {
            launcher.recover(task, hasRoom); // though it has left: another thread may have taken and run it
        }
        if (!mine && (task.place & TaskRun.LEFT) == 0) {
            forget(task);
            if (launcher.isQueued(task)) {
                return; // a worker takes it
            }
            mine = task.retire() || task.retireUnstarted();
            if (mine) {
                task.place |= TaskRun.TAKEN_BACK;
            } else if (submitter != null && task.runner() == submitter && !task.isSettled()) {
                task.fail(failure, Host.CALLERS_THREAD);
                return;
            }
        }
        if (mine && (task.place & TaskRun.LEFT) == 0) {
            if (task.isSettled()) {
                leave(task, Host.CALLERS_THREAD);
            } else if (submitter == null) {
                endUnstarted(task, failure);
            } else {
                withdraw(task);
            }
        } else if ((task.place & TaskRun.LEFT) != 0) {
            slotFreed();
            if (isIdle()) {
                wakeAwaiters();
            }
        }
        SharedLimit shared = sharedLimit();
        if (shared != null) {
            shared.launchGranted();
        }
    }

    // ---- blocked in go

    /** Blocks a caller until its task is admitted or refused. Returns its index, STARTED, REFUSED or TOO_LATE. */
    private long awaitSlot(TaskRun<?> task, Slots waiting, @Nullable LimitWait limitWait) {
        if (limitWait != null && limitWait.isOver()) {
            return TOO_LATE;
        }
        guardWait();
        long start = nanosIfTimed();
        long admitted;
        try (Wait wait = Wait.begin(this)) {
            admitted = waiting.admitSoon();
            if (admitted >= 0) {
                task.place = admitted << TaskRun.INDEX_SHIFT;
            } else if (admitted == FULL) {
                admitted = awaitTurn(wait, waiting, task, limitWait);
            }
        }
        tellLimitWait(nanosIfTimed() - start);
        return admitted;
    }

    private long awaitTurn(Wait wait, Slots waiting, TaskRun<?> task, @Nullable LimitWait limitWait) {
        if (limitWait != null) {
            limitWait.begin();
        }
        Slots.Waiting caller = waiting.addCaller(task, limitWait); // fault: caller-queues
        try {
            waiting.run(); // fault: queued-caller-pumps
            if (wait.until(this, Slots.Waiting::isDecided, caller, 0, mine -> cancelByInterrupt())) {
                Thread.currentThread().interrupt();
            }
            if (caller.admitted() == REFUSED) {
                refuseIfFinished();
            }
            return caller.admitted();
        } catch (Throwable e) {
            caller.giveUp(); // survivor: blocked-go-that-throws
            throw e;
        }
    }

    private static boolean isSharedSlotDecided(TaskRun<?> task, SharedLimit shared, @Nullable LimitWait limitWait) {
        if (SharedLimit.isDecided(task)) {
            return true;
        }
        if (limitWait != null && limitWait.isOver() && shared.giveUp(task)) {
            return true;
        }
        // Once more: the lock may have used up the wake-up that came with the slot.
        return SharedLimit.isDecided(task);
    }

    private void awaitSharedSlot(TaskRun<?> task, SharedLimit shared, @Nullable LimitWait limitWait) {
        if (limitWait != null && limitWait.isOver()) {
            rejectTooLate(task, shared.limit(), "the shared limit of ", limitWait);
            return;
        }
        boolean interrupted = false;
        long waited;
        try {
            guardWait();
            long start = nanosIfTimed();
            try (Wait wait = Wait.begin(this)) {
                boolean decided = queueForSharedSlot(task, shared, Thread.currentThread());
                if (!decided) {
                    if (limitWait != null) {
                        limitWait.begin();
                    }
                    interrupted = wait.until(
                            this,
                            mine -> isSharedSlotDecided(mine, shared, limitWait),
                            task,
                            0,
                            mine -> cancelByInterrupt());
                    decided = SharedLimit.isDecided(task);
                }
                waited = nanosIfTimed() - start;
                // Launched before this thread queues for a slot of its own: a slot is never held by a waiting thread.
                if (decided) {
                    launchGranted(task, true);
                } else if (limitWait != null) {
                    rejectTooLate(task, shared.limit(), "the shared limit of ", limitWait);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        tellLimitWait(waited);
    }

    private long nanosIfTimed() {
        return timed ? options.clock().nanoTime() : 0;
    }

    private void tellLimitWait(long nanos) {
        if (timed) {
            tell(listener -> listener.onLimitWait(Math.max(0, nanos)));
        }
    }

    /** Asks whether this thread may block at all. What the guard throws is for the caller. */
    private void guardWait() {
        Runnable guard = options.waitGuard();
        if (guard != null) {
            guard.run();
        }
    }

    // ---- a task's way out

    @Override
    public void taskStarts(TaskRun<?> task) {
        if (timed) {
            if (Thread.currentThread() instanceof LentThreads.Replacement) {
                tellCompensated(task);
            }
            task.extras().startNanos = options.clock().nanoTime();
            tell(listener -> listener.onTaskStart(task));
        }
        TaskDeadlines deadlines = extras.taskDeadlines;
        if (deadlines != null && task instanceof DeadlineTask<?> own) {
            deadlines.start(own, options.clock().nanoTime());
        }
    }

    @Override
    public void timedOut(DeadlineTask<?> task) {
        if (cancellation != null) {
            return; // that came first
        }
        boolean handedOn = false;
        hooksBegin(); // before the deadline counts, hence before the task can leave: await waits for its hooks
        try {
            if (!task.passDeadline()) {
                return;
            }
            if (options.interruptOnCancel()) {
                task.interruptAtDeadline();
            }
            CancelHooks registered = hooks;
            if (registered != null && registered.hasAnyOf(task)) {
                handedOn = true;
                HelperThread.start("task-deadline", () -> {
                    try {
                        registered.runAllOf(task);
                    } finally {
                        hooksEnd();
                    }
                });
            }
        } finally {
            if (!handedOn) {
                hooksEnd();
            }
        }
    }

    /** What a task that threw past its own deadline has failed with (N10). An Error remains what it is. */
    private Throwable timeoutOf(TaskRun<?> task, Throwable thrown) {
        if (thrown instanceof Error) {
            return thrown;
        }
        TimeoutException timeout = new TimeoutException("task '" + task.name() + "' (#" + task.index()
                + ") ran for longer than its taskTimeout of " + options.taskTimeout());
        timeout.addSuppressed(thrown);
        return timeout;
    }

    /** Whether this thread runs a task of this group that is past its own deadline. */
    private boolean isInTimedOutTask() {
        if (options.taskTimeout() == null) {
            return false;
        }
        TaskRun<?> task = CurrentTask.get();
        return task != null && task.group == this && task.hasTimedOut();
    }

    @Override
    public void end(TaskRun<?> task, State state, @Nullable Object result, boolean interrupted, Host host) {
        try {
            State outcome = state;
            Object value = result;
            if (result instanceof Throwable thrown && state == State.FAILED && task.hasTimedOut()) {
                value = timeoutOf(task, thrown);
            } else if (result instanceof Throwable thrown && state == State.FAILED && cancellation != null) {
                TaskExtras rare = task.extrasIfAny();
                boolean touched = interrupted || (rare != null && rare.hookRan);
                if (Cancellation.explains(thrown, touched, options.cancellationWhen())) {
                    outcome = State.CANCELLED;
                }
            }
            settle(task, outcome, value);
            if (timed) {
                tellEnd(task, outcome);
            }
        } catch (Throwable e) {
            endBadly(task, e);
        } finally {
            TaskExtras rare = null;
            try {
                rare = handOff(task, interrupted, host);
            } finally {
                try {
                    leave(task, host);
                    if (leftovers != null) {
                        clearUp(true);
                    }
                } finally {
                    if (rare != null) {
                        rare.left();
                    }
                }
            }
        }
    }

    /** Something of the engine's own failed (no memory, no stack): the task ends all the same. */
    private void endBadly(TaskRun<?> task, Throwable fault) {
        if (!task.isSettled()) {
            settle(task, State.FAILED, fault); // survivor: end-that-throws
        }
        Log.error(task.describe() + ": its end could not be reported", fault);
    }

    /** Takes back what the thread must not keep. Returns what only some tasks have. */
    private static @Nullable TaskExtras handOff(TaskRun<?> task, boolean interrupted, Host host) {
        TaskExtras rare = task.extrasIfAny();
        try {
            if (rare != null) {
                rare.closeScope();
            }
            if (interrupted) {
                task.awaitDelivery();
            }
            host.taskEnds(task, interrupted);
        } catch (Throwable e) {
            Log.error(task.describe() + ": its thread could not be reset", e);
        }
        return rare;
    }

    @Override
    public void endUnstarted(TaskRun<?> task, @Nullable Throwable failure) {
        try {
            settle(task, failure == null ? State.SKIPPED : State.FAILED, failure);
            if (failure == null) {
                tell(listener -> listener.onTaskSkipped(task));
            } else {
                failures().rejected.incrementAndGet();
                tell(listener -> listener.onTaskRejected(task));
            }
        } catch (Throwable e) {
            endBadly(task, e);
        } finally {
            try {
                leave(task, Host.CALLERS_THREAD);
            } finally {
                TaskExtras rare = task.extrasIfAny();
                if (rare != null) {
                    rare.left();
                }
            }
        }
    }

    /** The group is cancelled: a task that no thread has taken never starts. */
    private void skip(TaskRun<?> task) {
        if (task.retire()) {
            launcher.skipped(task);
            endUnstarted(task, null);
        }
    }

    private void settle(TaskRun<?> task, State outcome, @Nullable Object result) {
        task.settle(outcome, result);
        if (outcome == State.FAILED && result instanceof Throwable thrown) {
            Failures bad = failures();
            bad.failed.incrementAndGet();
            FirstCause failure = FirstCause.ofTask(task, thrown);
            if (bad.passes(failure)) {
                return;
            }
            bad.record(failure); // fault: failure-is-recorded
            if (options.cancelOnError()) {
                cancel(failure);
            }
        } else if (outcome == State.CANCELLED) {
            failures().cancelled.incrementAndGet();
            countOfLoops(task);
        } else if (outcome == State.SKIPPED) {
            failures().skipped.incrementAndGet();
            countOfLoops(task);
        } else if (extras.countsSuccesses && failures().succeeds()) {
            cancel(
                    CancelReason.ENOUGH,
                    new CancellationException(
                            title() + " has enough: " + Plural.of(options.enough(), "task") + " succeeded"));
        }
    }

    private void countOfLoops(TaskRun<?> task) {
        TaskExtras rare = task.extrasIfAny();
        if (rare != null && rare.atEnd != null) {
            failures().ofLoops.incrementAndGet();
        }
    }

    private void tellEnd(TaskRun<?> task, State outcome) {
        if (outcome == State.SKIPPED) {
            tell(listener -> listener.onTaskSkipped(task));
            return;
        }
        Stragglers watched = extras.stragglers;
        if (watched != null) {
            watched.taskEnded(task);
        }
        long nanos = nanosSince(task.extras().startNanos);
        tell(listener -> listener.onTaskEnd(task, nanos));
    }

    private void leave(TaskRun<?> task, Host host) {
        task.leave();
        SharedLimit shared = sharedLimit();
        boolean granted = false;
        try {
            granted = shared != null && shared.release(task);
            if (granted) {
                host.isHeldUp();
            }
            Cancellation why = cancellation;
            if (timed && why != null) {
                why.lastEndNanos = nanosOrZero();
            }
        } finally {
            try {
                freeSlot(task);
            } finally {
                if (granted && shared != null) {
                    shared.launchGranted();
                }
            }
        }
    }

    /** Takes an ended task, or one that was taken back, off the word. */
    private void freeSlot(TaskRun<?> task) {
        boolean isLast = leave(); // fault: task-leaves
        task.place |= TaskRun.LEFT;
        try {
            slotFreed(); // fault: slot-is-told-free
        } finally {
            if (isLast) {
                wakeAwaiters(); // fault: last-wakes-awaiters
            }
        }
    }

    /** A slot may be free: the callers and tasks that wait for one are to look. */
    void slotFreed() {
        Slots waiting = slots;
        if (waiting != null) {
            waiting.changed();
        }
    }

    // ---- what the parts ask

    @Override
    public String name() {
        return options.name();
    }

    @Override
    public @Nullable Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public LiveTasks.Seat[] live() {
        return live;
    }

    @Override
    public boolean seat(LiveTasks.Seat who, int wanted) {
        for (LiveTasks.Seat[] row = live; !LiveTasks.take(row, wanted, who); row = live) {
            LIVE.compareAndSet(this, row, LiveTasks.longer(row)); // fault: row-is-added
        }
        return cancellation == null;
    }

    @Override
    public Launcher launcher() {
        return launcher;
    }

    @Override
    public @Nullable SharedLimit sharedLimit() {
        return rich ? options.sharedLimit() : null;
    }

    @Override
    public @Nullable Trampoline<?> slotTrampoline() {
        Slots waiting = slots;
        return waiting == null ? null : waiting.trampoline();
    }

    @Override
    public @Nullable TaskRun<?> parent() {
        return extras.parent;
    }

    @Override
    public @Nullable ClassLoader openersLoader() {
        return openersLoader;
    }

    @Override
    public @Nullable OpeningPlace openedAt() {
        return extras.openedAt;
    }

    @Override
    public long patienceNanos() {
        return options.starvationTimeout().toNanos();
    }

    @Override
    public int slotsHeld() {
        Slots waiting = slots;
        int backlogged = waiting == null ? 0 : waiting.backlogSize();
        return outstanding() - backlogged;
    }

    @Override
    public boolean isTaskWaiting() {
        Slots waiting = slots;
        return waiting != null && waiting.isTaskWaiting();
    }

    /**
     * Not while somebody waits for the end, which mostly is the thread that brought the tasks; unless callers had to wait for
     * slots, and not every task has ended: then others may bring them.
     */
    @Override
    public boolean mayBringMore() {
        return !isOver() && (!hasAwaiter() || (slots != null && outstanding() > 0));
    }

    @Override
    public void queueDrained() {
        slotFreed();
    }

    @Override
    public Children.@Nullable Child older() {
        return extras.olderSibling;
    }

    @Override
    public void older(Children.@Nullable Child sibling) {
        ownExtras().olderSibling = sibling;
    }

    @Override
    public @Nullable GroupEngine above() {
        TaskRun<?> opener = extras.parent;
        return opener == null ? null : engineOf(opener);
    }

    /** The one implementation of a task's group. */
    private static GroupEngine engineOf(TaskRun<?> task) {
        return (GroupEngine) task.group;
    }

    /** Whether a task belongs to this group or one below it, or runs nested in the thread of such a task. */
    private boolean isInside(@Nullable TaskRun<?> task) {
        return task != null && (task.group == this || isInside(task.group.parent()) || isInside(outer(task)));
    }

    private static @Nullable TaskRun<?> outer(TaskRun<?> task) {
        TaskExtras rare = task.extrasIfAny();
        return rare == null ? null : rare.outer;
    }

    // ---- cancelling

    void cancel(CancelReason reason, Throwable cause) {
        cancel(FirstCause.ofCancellation(reason, cause));
    }

    private void cancel(FirstCause cause) {
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
     * Records the first cause, then sets and tells the cancellation of this group and of those below it. The thread that
     * sets CANCELLED cancels with the first cause, which another thread may have recorded; but a failure that a group keeps
     * cancels nothing.
     */
    private void markCancelled(FirstCause mine, List<GroupEngine> tree) {
        if (is(UNOPENED | CANCELLED | FINISHED | CLOSED)) {
            return;
        }
        hooksBegin(); // fault: hooks-are-counted
        FirstCause first = failures().firstOr(mine);
        boolean kept = first.isFailure() && !options.cancelOnError();
        FirstCause why = kept ? mine : first; // fault: first-cause-cancels
        if (!tryPhase(CANCELLED, UNOPENED | CANCELLED | FINISHED | CLOSED, false)) { // fault: cancelled-is-set
            hooksEnd(); // fault: unneeded-hooks-are-discounted
            return;
        }
        if (kept && mine.reason() != CancelReason.CLOSED) {
            failures().cancelledLater(mine.thrown());
        }
        cancellation = new Cancellation(why.reason(), why.thrown(), timed ? nanosOrZero() : 0);
        tree.add(this); // fault: cancelled-group-joins-its-tree
        tell(listener -> listener.onCancel(why.reason(), why.thrown()));
        FirstCause fromAbove = FirstCause.ofCancellation(CancelReason.PARENT, why.thrown());
        LiveTasks.forEach(live(), task -> {
            TaskExtras rare = task.extrasIfAny();
            if (rare != null && rare.children != null) {
                rare.children.forEach(child -> ((GroupEngine) child).markCancelled(fromAbove, tree));
            }
        });
    }

    private void interruptTasks() {
        if (options.interruptOnCancel()) {
            LiveTasks.forEach(live(), TaskRun::interrupt);
        }
    }

    /** Skips what has not started, and lets go the callers that wait to start something. */
    private void skipWaiting() {
        LiveTasks.forEach(live(), this::skip);
        launcher.groupCancelled();
        Slots waiting = slots;
        if (waiting != null) {
            waiting.changed();
            waiting.wakeAllCallers();
        }
        SharedLimit shared = sharedLimit();
        if (shared != null) {
            shared.cancelled(this, this::skip);
        }
        Stragglers watched = extras.stragglers;
        if (watched != null) {
            watched.groupCancelled();
        }
    }

    private void runHooks() {
        try {
            CancelHooks registered = hooks;
            if (registered != null) {
                registered.runAll();
            }
        } finally {
            hooksEnd();
        }
    }

    private void cancelFromParent(TaskGroup above) {
        Cancellation why = above.cancellation();
        if (why != null) {
            cancel(CancelReason.PARENT, why.cause);
        }
    }

    void cancelExplicitly(@Nullable Throwable cause) {
        used();
        cancel(CancelReason.EXPLICIT, cause != null ? cause : new CancellationException(title() + " was cancelled"));
    }

    /** Below a cancelled group it has no effect: this group is cancelled with that one, now or in a moment, and says so. */
    void cancelForShutdown() {
        if (!isBelowCancelled()) {
            cancel(
                    CancelReason.SHUTDOWN,
                    new CancellationException(title() + " was cancelled: the application shuts down"));
        }
    }

    private boolean isBelowCancelled() {
        for (GroupEngine above = above(); above != null; above = above.above()) {
            if (above.is(CANCELLED)) {
                return true;
            }
        }
        return false;
    }

    private void cancelByInterrupt() {
        TaskRun<?> opener = extras.parent;
        if (opener != null && opener.group.cancellation() != null) {
            cancelFromParent(opener.group); // which is what the interrupt was for
            return;
        }
        cancel(
                CancelReason.INTERRUPTED,
                new InterruptedException("thread '" + Thread.currentThread().getName() + "' was interrupted while it"
                        + " waited for " + title()));
    }

    /** The deadline has passed. Called by the timer, which runs no user code. */
    private void expire() {
        HelperThread.start("deadline", () -> cancel(CancelReason.TIMEOUT, timeoutException()));
    }

    private TimeoutException timeoutException() {
        Deadline own = extras.deadline();
        List<String> names = new ArrayList<>();
        long[] unfinished = {0};
        Consumer<TaskRun<?>> visitor = task -> {
            if (!task.state().isEnded() && ++unfinished[0] <= MAX_NAMES) {
                names.add("'" + task.name() + "' (#" + task.index() + ")");
            }
        };
        LiveTasks.forEach(live(), visitor);
        forEachWaiting(visitor);
        if (unfinished[0] > MAX_NAMES) {
            names.add("...");
        }
        return new TimeoutException(title() + " passed its deadline of " + (own == null ? null : own.timeout())
                + " with " + Plural.of(unfinished[0], "unfinished task")
                + (names.isEmpty() ? "" : ": " + String.join(", ", names)));
    }

    // ---- waiting for the end

    void await() throws InterruptedException {
        Throwable bad = answer(awaitEnd("await"), false);
        if (bad != null) {
            throw sneaky(bad);
        }
    }

    /** As {@link #await()}, but lets pass what the handles tell (N9). */
    void settle() throws InterruptedException {
        boolean interrupted = awaitEnd("settle");
        Failures bad = failures;
        if (bad != null) {
            bad.settled();
        }
        Throwable thrown = answer(interrupted, true);
        if (thrown != null) {
            throw sneaky(thrown);
        }
    }

    /** Ends a call whose body has returned: as {@link #await()}, but what the body has settled it has let pass. */
    void awaitAfterBody() throws InterruptedException {
        boolean interrupted = awaitEnd("await");
        Failures bad = failures;
        Throwable thrown = answer(interrupted, bad != null && bad.isSettled());
        if (thrown != null) {
            throw sneaky(thrown);
        }
    }

    <X extends Throwable, Y extends Throwable> void await(Class<X> type, Class<Y> other)
            throws InterruptedException, X, Y {
        Throwable bad = answer(awaitEnd("await"), false);
        // A group below wraps its first failure as this one does.
        for (Throwable link = bad; link instanceof ErrGroupException; ) {
            link = link.getCause();
            if (type.isInstance(link)) {
                throw type.cast(link);
            }
            if (other.isInstance(link)) {
                throw other.cast(link);
            }
        }
        if (bad != null) {
            throw sneaky(bad);
        }
    }

    @Override
    public void awaitUnchecked() {
        Throwable bad = answer(awaitEnd("await"), false);
        if (bad instanceof InterruptedException interrupt) {
            throw unchecked(interrupt);
        }
        if (bad != null) {
            throw sneaky(bad);
        }
    }

    /** What a thread that was interrupted is told where no InterruptedException is declared. Sets its flag again. */
    ErrGroupException unchecked(InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return verdict().toUnchecked(interrupt);
    }

    /** Returns whether the thread was interrupted; its flag is cleared then. */
    private boolean awaitEnd(String verb) {
        used();
        refuseInside(verb);
        guardWait(); // also if there is nothing to wait for: a bug shows in the first test
        boolean interrupted = false;
        boolean late = false;
        do {
            if (!isQuiet()) {
                // Once every task has ended an interrupt cancels nothing any more, though a hook may still run (J4).
                // Not by awaitUntil: most of its conditions hold at once, so the JIT takes its wait for rare and leaves
                // it a method of its own: one frame more for a virtual thread to copy whenever it waits here.
                interrupted |= !isIdleNow() && waitUntil(GroupEngine::isIdleNow, true);
                late |= awaitUntil(GroupEngine::isQuietNow, false);
            }
            if (!options.cancelOnError() && !is(CANCELLED | FINISHED | CLOSED)) {
                TaskDeadlines deadlines = extras.taskDeadlines;
                if (deadlines != null) {
                    deadlines.rest();
                }
                break; // it may go on
            }
            if (tryFinish()) {
                conclude();
            }
        } while (!is(FINISHED));
        if (is(FINISHED)) {
            late |= awaitUntil(engine -> engine.answered, false); // fault: end-is-told-first
        }
        Failures bad = failures;
        if (bad != null) {
            bad.answered();
        }
        if (late) {
            Thread.currentThread().interrupt(); // not ours to answer
        }
        return interrupted;
    }

    /**
     * Waits until the condition holds. An interrupt ends no wait; it may cancel the group, at once if the flag is set on
     * entry and the condition does not hold.
     *
     * @return whether the thread was interrupted; its flag is cleared then
     */
    boolean awaitUntil(Wait.Condition<? super GroupEngine> condition, boolean cancelIfInterrupted) {
        return !condition.holds(this) && waitUntil(condition, cancelIfInterrupted);
    }

    /** For a condition that did not hold. */
    private boolean waitUntil(Wait.Condition<? super GroupEngine> condition, boolean cancelIfInterrupted) {
        try (Wait wait = Wait.begin(this)) {
            Awaiter further = register(); // fault: awaiter-registers
            try {
                launcher.endIdle(); // fault: registered-awaiter-looks
                return wait.until(
                        this,
                        condition,
                        this,
                        ShortWait.looks(),
                        cancelIfInterrupted ? GroupEngine::cancelByInterrupt : null);
            } finally {
                unregister(further);
                launcher.look(); // fault: leaving-awaiter-looks
            }
        }
    }

    // ---- loops over results (N11)

    @Override
    public void loopBegins() {
        usable();
        refuseInside("iterator");
    }

    @Override
    public int tasksAtOnce() {
        return limit();
    }

    @Override
    public boolean isCutShort() {
        return is(CANCELLED);
    }

    @Override
    public <S> void awaitResult(Wait.Condition<? super S> condition, S subject) {
        refuseInside("iterator");
        guardWait();
        refuseIfNeverGranted();
        boolean interrupted;
        try (Wait wait = Wait.begin(this)) {
            interrupted = wait.until(
                    this,
                    loop -> {
                        clearUp(true);
                        launcher.look();
                        return condition.holds(loop);
                    },
                    subject,
                    ShortWait.looks(),
                    loop -> cancelByInterrupt());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Registration whenCancelled(Runnable action) {
        return hooks().addOwn(action);
    }

    @Override
    public void cancelLeft() {
        cancelExplicitly(new CancellationException("the results of " + title() + " were closed before the end"));
    }

    /** As {@link #isIdle}, after a look whether queued tasks need one more worker. */
    private boolean isIdleNow() {
        clearUp(true);
        launcher.look();
        return isIdle();
    }

    /** As {@link #isQuiet}, after a look whether queued tasks need one more worker. */
    private boolean isQuietNow() {
        clearUp(true);
        launcher.look();
        return isQuiet();
    }

    /**
     * What {@code await} throws, or {@code settle}, if anything. A flag that is not turned into an InterruptedException is
     * set again.
     */
    private @Nullable Throwable answer(boolean interrupted, boolean settling) {
        if (failures == null && !extras.countsSuccesses && !interrupted) {
            return null; // nothing failed, and nobody cancelled: that would be recorded there
        }
        Verdict verdict = verdict();
        FirstCause first = settling ? verdict.firstOfSettle() : verdict.first();
        Throwable answer = null;
        if (first != null) {
            answer = verdict.toThrowable(first);
        } else if (interrupted && !verdict.hasEnough()) {
            answer = new InterruptedException("interrupted while waiting for " + title());
        }
        if (answer instanceof InterruptedException) {
            Thread.interrupted();
        } else if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }

    private Verdict verdict() {
        return Verdict.of(options.name(), extras.countsSuccesses ? failures() : failures, cancellation, above());
    }

    /** The thread that set FINISHED tells the end, and lets the awaiters go. */
    private void conclude() {
        try {
            releaseParts();
            if (timed) {
                tellOutcome();
            }
        } finally {
            answered = true;
            wakeAwaiters();
            launcher.endIdle();
            Slots waiting = slots;
            if (waiting != null) {
                waiting.wakeAllCallers();
            }
        }
    }

    /** Drops what only an open group needs: the timers, the hooks. */
    private void releaseParts() {
        Extras own = extras;
        Deadline set = own.deadline();
        if (set != null) {
            set.end();
        }
        if (own.taskDeadlines != null) {
            own.taskDeadlines.end();
        }
        if (own.stragglers != null) {
            own.stragglers.groupEnded();
        }
        CancelHooks registered = hooks;
        if (registered != null) {
            registered.clear();
        }
    }

    private void tellOutcome() {
        long open = nanosSince(openedNanos);
        Cancellation why = cancellation;
        if (why != null) {
            long last = why.lastEndNanos;
            long nanos = last == 0 ? 0 : Math.max(0, last - why.nanos);
            tell(listener -> listener.onDrained(nanos));
        }
        Verdict verdict = verdict();
        tell(listener -> listener.onEnd(verdict.outcome(), verdict.failure(), open));
    }

    @Override
    public void close() {
        close(true);
    }

    private void close(boolean reporting) {
        if (closeUnopened()) {
            answered = true;
            return;
        }
        if (is(CLOSED)) {
            return;
        }
        refuseInside("close");
        closeWhenQuiet(reporting);
    }

    private void closeWhenQuiet(boolean reporting) {
        boolean interrupted = false;
        boolean concluding = false;
        boolean closing = false;
        while (!closing && !is(CLOSED)) {
            if (outstanding() > 0) {
                cancel(CancelReason.CLOSED, new CancellationException(title() + " was closed"));
            }
            interrupted |= awaitUntil(GroupEngine::isQuietNow, false);
            concluding |= tryFinish();
            closing = is(FINISHED) && tryPhase(CLOSED, CLOSED, false);
        }
        if (concluding) {
            conclude();
        }
        interrupted |= awaitUntil(engine -> engine.answered, false);
        forgetAtParent();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (closing && reporting) {
            reportUnanswered();
        }
    }

    /** Closes a lazily made group that was never used. Returns whether it was one. */
    private boolean closeUnopened() {
        LazyOpening lazy = extras.lazyOpening;
        if (lazy == null || !is(UNOPENED)) {
            return false;
        }
        lazy.lock.lock();
        try {
            // survivor: lazy-group-used-while-closed
            return phase() == GroupSnapshot.Phase.UNOPENED && tryPhase(CLOSED | FINISHED, CLOSED, true);
        } finally {
            lazy.lock.unlock();
        }
    }

    private void forgetAtParent() {
        TaskRun<?> opener = extras.parent;
        TaskExtras rare = opener == null ? null : opener.extrasIfAny();
        Children siblings = rare == null ? null : rare.children;
        if (siblings != null) {
            siblings.prune();
        }
    }

    /** Nothing is lost silently (J5): what no {@code await} answered for, {@code close} throws. */
    private void reportUnanswered() {
        Failures bad = failures;
        if (bad == null) {
            return;
        }
        CancelReason reason = reason();
        Verdict verdict = verdict();
        FirstCause first = verdict.first();
        boolean failed = bad.hasUnansweredFailures();
        boolean undone = bad.hasUnansweredUndone();
        if (first != null
                && ((failed && first.reason() != CancelReason.CLOSED)
                        || (undone && (reason == CancelReason.TIMEOUT || reason == CancelReason.SHUTDOWN)))) {
            throw sneaky(verdict.toThrowableOfClose(first));
        } else if (reason == CancelReason.CLOSED && (failed || (undone && !bad.isAllOfLoops()))) {
            throw verdict.toMisuseOfClose();
        }
    }

    /**
     * Ends the group after the body of a call threw, and closes it.
     *
     * @return what the call throws: the first cause in time, as a rule
     */
    Throwable afterBodyFailed(Throwable thrown) {
        FirstCause before = failures().first();
        boolean told = before != null && (failures().isAnswered(before) || before.isAnsweredBy(thrown));
        if (thrown instanceof InterruptedException) {
            cancel(CancelReason.INTERRUPTED, thrown);
        } else if (!is(FINISHED | CLOSED) && (before == null || !before.isAnsweredBy(thrown))) {
            FirstCause mine = FirstCause.ofBody(thrown);
            failures().record(mine);
            cancel(mine);
        }
        close(false);
        Verdict verdict = verdict();
        FirstCause first = verdict.first();
        if (first == null
                || first.thrown() == thrown
                || (told && first == before)
                // The body had done so, or may have; what it throws is what it makes of that.
                || first.reason() == CancelReason.EXPLICIT
                || first.reason() == CancelReason.CLOSED) {
            return thrown;
        }
        Throwable answer = verdict.toThrowable(first);
        if (answer instanceof InterruptedException) {
            Thread.interrupted();
        } else if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }

    /** {@code await} and {@code close} from below would wait for themselves (G7). */
    private void refuseInside(String verb) {
        if (isInside(CurrentTask.get())) {
            throw new IllegalStateException(
                    verb + "() of " + this + " was called by one of its own tasks, or by a task of"
                            + " a group opened in one; it would wait for itself. Call it outside, or open a group of its own there");
        }
        CancelHooks registered = hooks;
        if (registered != null && registered.isRunningIn(Thread.currentThread())) {
            throw new IllegalStateException(
                    verb + "() of " + this + " was called by one of its cancellation hooks, which it waits for");
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    // ---- the context

    @Override
    public boolean isCancelled() {
        return cancellation != null || (options.cancelOnError() && is(FINISHED)) || isInTimedOutTask();
    }

    @Override
    public @Nullable Throwable cause() {
        boolean finished = options.cancelOnError() && is(FINISHED); // read first: a cancellation is written before that
        Cancellation why = cancellation;
        if (why != null) {
            return why.cause;
        }
        return finished ? new CancellationException(this + " has ended") : null;
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
        Deadline set = extras.deadline();
        Duration own = set == null ? null : set.remaining();
        GroupEngine outer = above();
        Duration above = outer == null ? null : outer.remainingOrNull();
        if (own == null || above == null) {
            return own == null ? above : own;
        }
        return own.compareTo(above) <= 0 ? own : above;
    }

    @Override
    public Registration addCancellationHook(Runnable hook) {
        Objects.requireNonNull(hook, "hook");
        used();
        return hooks().add(hook);
    }

    private CancelHooks hooks() {
        if (hooks == null) {
            HOOKS.compareAndSet(this, null, new CancelHooks(this));
        }
        return Objects.requireNonNull(hooks);
    }

    @Override
    public void throwIfCancelled() {
        Throwable cause = cause();
        if (cause != null) {
            CancellationException thrown = new CancellationException(this + " is cancelled: " + UserText.of(cause));
            thrown.initCause(cause);
            throw thrown;
        }
        if (isInTimedOutTask()) {
            throw new CancellationException("the task is past its taskTimeout of " + options.taskTimeout());
        }
    }

    // ---- settings and views

    void setLimit(int newLimit) {
        used();
        if (extras.openerAtZero != null) {
            extras.openerAtZero = null;
        }
        limit(Math.max(newLimit, ErrGroupOptions.NO_LIMIT)); // fault: limit-is-set
        slotFreed(); // fault: new-limit-is-told
    }

    void setTimeout(@Nullable Duration timeout) {
        ErrGroupOptions.checkDuration("timeout", timeout);
        used();
        Deadline set = extras.deadline();
        if (set == null) {
            set = ownExtras().deadlineOr(new Deadline(options.clock(), openedNanos, this::expire));
        }
        set.set(timeout);
        if (is(FINISHED)) {
            set.end(); // it ended meanwhile, and may have missed this one
        }
    }

    ErrGroup group() {
        return group;
    }

    ErrGroupOptions options() {
        return options;
    }

    @Nullable
    Supplier<ErrGroupOptions> source() {
        return extras.source;
    }

    GroupSnapshot snapshot() {
        return Snapshots.of(this);
    }

    @Nullable
    ErrGroup parentGroup() {
        GroupEngine above = above();
        return above == null ? null : above.group;
    }

    /** How long ago it was opened; zero before that, and for ever in a group that was closed unused. */
    Duration age(long now) {
        LazyOpening lazy = extras.lazyOpening;
        return lazy != null && !lazy.done ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - openedNanos));
    }

    /** Visits the tasks that have not been launched. */
    void forEachWaiting(Consumer<TaskRun<?>> visitor) {
        launcher.forEachQueued(visitor);
        Slots waiting = slots;
        if (waiting != null) {
            waiting.forEachBacklogged(visitor);
        }
        SharedLimit shared = sharedLimit();
        if (shared != null) {
            shared.forEachQueued(this, visitor);
        }
    }

    /** Callers blocked in {@code go} for a slot of the group's own limit. */
    int blockedCallers() {
        Slots waiting = slots;
        return waiting == null ? 0 : waiting.blockedCallers();
    }

    @Nullable
    Failures failuresIfAny() {
        return failures;
    }

    /** How many failures pass. */
    private int tolerated() {
        Integer asked = options.tolerate();
        return asked != null ? asked : extras.countsSuccesses ? Integer.MAX_VALUE : 0;
    }

    private Failures failures() {
        if (failures == null) {
            FAILURES.compareAndSet(this, null, new Failures(tolerated(), options.enough()));
        }
        return Objects.requireNonNull(failures);
    }

    private Slots slots() {
        if (slots == null) {
            SLOTS.compareAndSet(this, null, new Slots(this, this));
        }
        return Objects.requireNonNull(slots);
    }

    void tell(Consumer<GroupListener> event) {
        Listeners all = extras.listeners;
        if (all != null) {
            OpenersLoader.runWith(openersLoader, () -> all.tell(event));
        }
    }

    @Override
    public void tellCompensated(TaskRun<?> task) {
        tell(listener -> listener.onTaskCompensated(task));
    }

    /** In the group's clock, and never below zero, though an injected clock may go back. */
    long nanosSince(long start) {
        return Math.max(0, options.clock().nanoTime() - start);
    }

    /** The group's clock, for what must go on though an injected one throws: 0 then. */
    private long nanosOrZero() {
        try {
            return options.clock().nanoTime();
        } catch (Throwable e) {
            Log.error("the clock of " + this + " failed", e);
            return 0;
        }
    }

    private String title() {
        return "group '" + options.name() + "'";
    }

    @Override
    public String toString() {
        return title() + " (" + phase() + ")";
    }
}
