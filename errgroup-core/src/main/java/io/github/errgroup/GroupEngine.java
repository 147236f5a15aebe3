package io.github.errgroup;

import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of a group and of its tasks, over the counts and phases of {@link GroupState}.
 *
 * <ol>
 *   <li>A task's way is {@code go → admit → start → launch → TaskRun.perform → end → leave}.
 *   <li>The order at a task's end is J11 and stands in {@link #end}: the first failure is recorded before anybody is
 *       cancelled (G1), the interrupt is taken back before the slot is free, and everything before the word changes.
 *   <li>CANCELLED is set by one thread, which then writes {@link #cancellation}, and only then visits the live tasks. A
 *       task is among the live ones before its launch, and reads the cancellation when it runs (J2).
 *   <li>FINISHED is set by one thread, which tells the end, then writes {@link #answered}; every {@code await} returns
 *       after that.
 * </ol>
 */
final class GroupEngine extends GroupState implements GroupContext {
    private static final int MAX_NAMES = 10;

    private static final Runnable NOTHING = () -> {};

    private static final AtomicReferenceFieldUpdater<GroupEngine, Slots> SLOTS =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, Slots.class, "slots");

    private static final AtomicReferenceFieldUpdater<GroupEngine, Failures> FAILURES =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, Failures.class, "failures");

    private static final AtomicReferenceFieldUpdater<GroupEngine, CancelHooks> HOOKS =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, CancelHooks.class, "hooks");

    private static final AtomicReferenceFieldUpdater<GroupEngine, Deadline> DEADLINE =
            AtomicReferenceFieldUpdater.newUpdater(GroupEngine.class, Deadline.class, "deadline");

    private final ErrGroup group;

    private final ErrGroupOptions options;

    /** Where the settings of a fresh group come from; null where they are this group's. */
    private final @Nullable Supplier<ErrGroupOptions> source;

    private final @Nullable Listeners listeners;

    /** Whether anybody wants times: then each task reads the clock twice. */
    private final boolean timed;

    private final @Nullable ThreadFactory factory;

    private final @Nullable Workers workers;

    private final @Nullable Stragglers stragglers;

    private final LiveTasks live = new LiveTasks();

    /** How it is opened at its first use; null where it was opened at once. */
    private final @Nullable LazyOpening lazyOpening;

    // Made when first needed, then kept. Set by CAS, read by anyone.

    private volatile @Nullable Slots slots;

    private volatile @Nullable Failures failures;

    private volatile @Nullable CancelHooks hooks;

    private volatile @Nullable Deadline deadline;

    // Written before the group is open to anyone else.

    private @Nullable TaskRun<?> parent;

    private long openedNanos;

    /** The next older group opened by the parent task; see {@link Children}. */
    @Nullable
    GroupEngine olderSibling;

    /** That the context is cancelled, and why. Written once, by who set CANCELLED or FINISHED; read by anyone. */
    private volatile @Nullable Cancellation cancellation;

    /** When a task of a cancelled group last ended, in the group's clock. Written by enders, read by who finishes. */
    private volatile long lastEndNanos;

    /** Whether the end was told: then {@code await} may return. Written by who set FINISHED. */
    private volatile boolean answered;

    /** Failed and submitted tasks that an {@code await} has answered for. Written by awaiters, read by close. */
    private volatile long failuresAnswered;

    private volatile long submittedAnswered;

    private record LazyOpening(Runnable guard, ReentrantLock lock) {}

    GroupEngine(
            ErrGroup group,
            ErrGroupOptions options,
            @Nullable Supplier<ErrGroupOptions> source,
            @Nullable Runnable beforeFirstUse) {
        super(options.limit(), beforeFirstUse == null ? 0 : UNOPENED);
        this.group = group;
        this.options = options;
        this.source = source;
        this.listeners = options.listeners().isEmpty() ? null : new Listeners(options.listeners());
        this.stragglers = options.stragglerGrace() == null ? null : new Stragglers(this, options.stragglerGrace());
        this.timed = listeners != null || stragglers != null;
        this.factory = options.threads() instanceof OwnThreads own ? own.factory(options.name()) : null;
        this.workers = factory != null && reuses(options) ? new Workers(factory) : null;
        this.lazyOpening = beforeFirstUse == null ? null : new LazyOpening(beforeFirstUse, new ReentrantLock());
    }

    private static boolean reuses(ErrGroupOptions options) {
        Boolean asked = options.reuseThreads();
        return asked != null ? asked : options.limit() >= 0;
    }

    // ---- opening

    /** Called before anyone else can see the group, or under the lock of the lazy opening. */
    void open() {
        Duration timeout = options.timeout();
        openedNanos = options.clock().nanoTime();
        parent = CurrentTask.get();
        tell(listener -> listener.onOpen(group));
        if (timeout != null) {
            setTimeout(timeout);
        }
        TaskRun<?> opener = parent;
        if (opener != null) {
            opener.adopting().add(this);
            if (opener.engine.isCancelled()) {
                cancelFromParent(opener.engine);
            }
        }
    }

    private void used() {
        if (lazyOpening != null && is(UNOPENED)) {
            lazyOpening.guard.run();
            lazyOpening.lock.lock();
            try {
                if (phase() == GroupSnapshot.Phase.UNOPENED) {
                    open();
                    opened();
                }
            } finally {
                lazyOpening.lock.unlock();
            }
        }
    }

    // ---- submitting

    <T extends @Nullable Object> Subtask<T> go(@Nullable String name, Object body) {
        used();
        ContextPropagator.Captured captured = capture();
        long index = tryAdmit();
        if (index >= 0) {
            TaskRun<T> task = new TaskRun<>(this, name, index, body, captured);
            start(task);
            return task;
        }
        return index == FULL ? goWhenFull(name, body, captured) : skipped(name, body);
    }

    private <T extends @Nullable Object> Subtask<T> goWhenFull(
            @Nullable String name, Object body, ContextPropagator.@Nullable Captured captured) {
        if (isInside(CurrentTask.get())) {
            long index = admitAnyway();
            if (index == REFUSED) {
                return skipped(name, body);
            }
            TaskRun<T> task = new TaskRun<>(this, name, index, body, captured);
            slots().enqueue(task);
            return task;
        }
        long index = slots().awaitRoom();
        if (index == REFUSED) {
            return skipped(name, body);
        }
        TaskRun<T> task = new TaskRun<>(this, name, index, body, captured);
        start(task);
        return task;
    }

    private <T extends @Nullable Object> Subtask<T> skipped(@Nullable String name, Object body) {
        TaskRun<T> task = new TaskRun<>(this, name, admitToCancelled(), body, null);
        task.retire();
        endUnstarted(task, null);
        return task;
    }

    <T extends @Nullable Object> @Nullable Subtask<T> tryGo(@Nullable String name, Object body) {
        used();
        ContextPropagator.Captured captured = capture();
        long index = tryAdmit();
        if (index < 0) {
            return null;
        }
        TaskRun<T> task = new TaskRun<>(this, name, index, body, captured);
        SharedLimit shared = options.sharedLimit();
        task.sharedSlot = shared == null ? TaskRun.SharedSlot.NONE : TaskRun.SharedSlot.QUEUED;
        if (shared != null && !shared.tryTake(task)) {
            task.retire();
            withdraw(task);
            return null;
        }
        live.add(task);
        if (isCancelled() && task.retire()) {
            withdraw(task);
            return null;
        }
        Throwable failure = launch(task);
        if (failure == null) {
            return task;
        }
        if (failure instanceof RejectedExecutionException) {
            withdraw(task);
            return null;
        }
        endUnstarted(task, failure);
        return task;
    }

    private ContextPropagator.@Nullable Captured capture() {
        ContextPropagator propagator = options.contextPropagator();
        return propagator == null ? null : propagator.capture();
    }

    <T extends @Nullable Object> void forEach(Iterator<? extends T> items, ThrowingConsumer<? super T> action) {
        used();
        while (!isCancelled() && items.hasNext()) {
            T item = items.next();
            go(null, (ThrowingRunnable) () -> action.accept(item));
        }
    }

    <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Iterator<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        used();
        List<Subtask<R>> subtasks = new ArrayList<>();
        while (!isCancelled() && items.hasNext()) {
            T item = items.next();
            subtasks.add(go(null, (Callable<R>) () -> function.apply(item)));
        }
        return Collections.unmodifiableList(subtasks);
    }

    // ---- starting

    /** Starts an admitted task that has a slot. From outside, blocks for the shared slot. */
    void start(TaskRun<?> task) {
        SharedLimit shared = options.sharedLimit();
        if (shared != null) {
            task.sharedSlot = TaskRun.SharedSlot.QUEUED;
        }
        live.add(task);
        if (isCancelled()) {
            if (task.retire()) {
                endUnstarted(task, null);
            }
            return;
        }
        if (shared == null) {
            launchGranted(task);
        } else {
            startShared(task, shared);
        }
    }

    private void startShared(TaskRun<?> task, SharedLimit shared) {
        if (isInside(CurrentTask.get())) {
            if (shared.acquire(task, null)) {
                launchGranted(task);
            }
            return;
        }
        if (shared.acquire(task, Thread.currentThread())) {
            launchGranted(task);
            return;
        }
        long start = timed ? options.clock().nanoTime() : 0;
        boolean interrupted = false;
        try (Wait wait = new Wait(this)) {
            while (task.isPending() && task.sharedSlot == TaskRun.SharedSlot.QUEUED) {
                if (Thread.interrupted()) {
                    interrupted = true;
                    cancelByInterrupt();
                } else {
                    wait.park();
                }
            }
            // Launched before this thread queues for a slot of its own: a slot is never held by who waits for one.
            launchGranted(task);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (timed) {
            tellLimitWait(options.clock().nanoTime() - start);
        }
    }

    /** Launches a task that has all its slots. */
    void launchGranted(TaskRun<?> task) {
        Throwable failure = launch(task);
        if (failure != null) {
            endUnstarted(task, failure);
        }
    }

    /** Gives a task its thread. Returns why that failed, if it did and this caller is to end the task. */
    private @Nullable Throwable launch(TaskRun<?> task) {
        if (!task.isPending()) {
            return null; // the group was cancelled meanwhile
        }
        try {
            if (options.threads() instanceof HandedInExecutor executor) {
                executor.launch(task);
            } else if (workers != null) {
                workers.submit(task);
            } else if (factory != null) {
                Thread thread = OwnThreads.newThread(factory, task, task);
                task.runner(thread);
                thread.start();
            }
            return null;
        } catch (Throwable e) {
            return task.retire() ? startFailure(task, e) : null;
        }
    }

    private Throwable startFailure(TaskRun<?> task, Throwable thrown) {
        if (thrown instanceof RejectedExecutionException && options.threads() instanceof HandedInExecutor executor) {
            return new RejectedExecutionException(executor.rejection(task, thrown), thrown);
        }
        return thrown;
    }

    /** Runs the user's code of a task in this thread. */
    @Nullable
    Object runBody(TaskRun<?> task) throws Exception {
        if (timed) {
            task.started(options.clock().nanoTime());
            tell(listener -> listener.onTaskStart(group, task));
        }
        return task.callBody();
    }

    // ---- ending

    /** The end of a task that had started, in its thread (J11). */
    void end(TaskRun<?> task, State state, @Nullable Object result, boolean interrupted, Host host) {
        try {
            State outcome = state;
            if (state == State.FAILED && reason() != null) {
                boolean touched = interrupted || task.didHookRun();
                if (Cancellation.explains((Throwable) result, touched, options.cancellationWhen())) {
                    outcome = State.CANCELLED;
                }
            }
            settle(task, outcome, result);
            if (timed) {
                tellEnd(task, outcome);
            }
        } catch (Throwable e) {
            Log.error(task.describe() + ": its end could not be told", e);
        } finally {
            if (interrupted) {
                task.awaitDelivery();
            }
            host.taskEnds(task, interrupted);
            leave(task);
        }
    }

    /** The end of a task that never started: skipped, or failed with why it could not be started. */
    void endUnstarted(TaskRun<?> task, @Nullable Throwable failure) {
        try {
            settle(task, failure == null ? State.SKIPPED : State.FAILED, failure);
            if (failure == null) {
                tell(listener -> listener.onTaskSkipped(group, task));
            } else {
                tell(listener -> listener.onTaskRejected(group, task));
            }
        } catch (Throwable e) {
            Log.error(task.describe() + ": its end could not be told", e);
        } finally {
            leave(task);
        }
    }

    private void settle(TaskRun<?> task, State outcome, @Nullable Object result) {
        task.settle(outcome, result);
        if (outcome == State.FAILED) {
            Throwable thrown = (Throwable) result;
            failures().failed.incrementAndGet();
            failures().record(thrown, task.name(), task.index());
            if (options.cancelOnError()) {
                cancel(CancelReason.FAILURE, thrown);
            }
        } else if (outcome == State.CANCELLED) {
            failures().cancelled.incrementAndGet();
        } else if (outcome == State.SKIPPED) {
            failures().skipped.incrementAndGet();
        }
    }

    private void tellEnd(TaskRun<?> task, State outcome) {
        if (outcome == State.SKIPPED) {
            tell(listener -> listener.onTaskSkipped(group, task));
            return;
        }
        if (stragglers != null) {
            stragglers.taskEnded(task);
        }
        long nanos = options.clock().nanoTime() - task.startNanos();
        tell(listener -> listener.onTaskEnd(group, task, nanos));
    }

    private void leave(TaskRun<?> task) {
        task.leave();
        SharedLimit shared = options.sharedLimit();
        List<TaskRun<?>> granted = shared == null ? List.of() : shared.release(task);
        if (timed && cancellation != null) {
            lastEndNanos = options.clock().nanoTime();
        }
        leave();
        if (shared != null) {
            shared.launchInTurn(granted);
        }
    }

    /** A task that {@code tryGo} could not start after all was never submitted. */
    private void withdraw(TaskRun<?> task) {
        countWithdrawn();
        leave(task);
    }

    @Override
    void countWithdrawn() {
        failures().withdrawn.incrementAndGet();
    }

    @Override
    void slotFreed() {
        Slots waiting = slots;
        if (waiting != null) {
            waiting.changed();
        }
    }

    // ---- cancelling

    boolean cancel(CancelReason why, Throwable cause) {
        List<GroupEngine> tree = new ArrayList<>(1);
        try {
            markCancelled(why, cause, tree);
        } finally {
            for (GroupEngine engine : tree) {
                engine.runHooks();
            }
        }
        return !tree.isEmpty();
    }

    /** Cancels this group and those below it, but for their hooks: these may block, and come when all is interrupted. */
    private void markCancelled(CancelReason why, Throwable cause, List<GroupEngine> tree) {
        hooksBegin();
        if (!tryPhase(CANCELLED, UNOPENED | CANCELLED | FINISHED | CLOSED, false)) {
            hooksEnd();
            return;
        }
        tree.add(this);
        cancellation = new Cancellation(why, cause, timed ? options.clock().nanoTime() : 0);
        tell(listener -> listener.onCancel(group, why, cause));
        if (options.interruptOnCancel()) {
            live.forEach(TaskRun::interrupt);
        }
        live.forEach(task -> {
            if (task.retire()) {
                endUnstarted(task, null);
            }
            Children children = task.children();
            if (children != null) {
                children.forEach(child -> child.markCancelled(CancelReason.PARENT, cause, tree));
            }
        });
        Slots waiting = slots;
        if (waiting != null) {
            waiting.changed();
            waiting.wakeAllCallers();
        }
        SharedLimit shared = options.sharedLimit();
        if (shared != null) {
            shared.cancelled(this);
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

    void cancel(@Nullable Throwable cause) {
        used();
        cancel(CancelReason.EXPLICIT, cause != null ? cause : new CancellationException(this + " was cancelled"));
    }

    void shutdown() {
        cancel(CancelReason.SHUTDOWN, new CancellationException(this + " was cancelled: the application shuts down"));
    }

    void cancelByInterrupt() {
        cancel(
                CancelReason.INTERRUPTED,
                new InterruptedException("thread '" + Thread.currentThread().getName() + "' was interrupted while it"
                        + " waited for group '" + options.name() + "'"));
    }

    /** The deadline has passed. Called by the timer, which runs no user code. */
    void expire() {
        OwnThreads.startHelper("deadline", () -> cancel(CancelReason.TIMEOUT, timeoutException()));
    }

    private TimeoutException timeoutException() {
        Deadline own = deadline;
        StringBuilder text = new StringBuilder("group '")
                .append(options.name())
                .append("' passed its deadline of ")
                .append(own == null ? null : own.timeout())
                .append(" with ")
                .append(outstanding())
                .append(" unfinished tasks:");
        List<String> names = new ArrayList<>();
        live.forEach(task -> {
            if (names.size() < MAX_NAMES && !task.state().isEnded()) {
                names.add(" '" + task.name() + "' (#" + task.index() + ")");
            }
        });
        text.append(String.join(",", names));
        return new TimeoutException(outstanding() > names.size() ? text + ", ..." : text.toString());
    }

    // ---- waiting for the end

    void await() throws InterruptedException {
        boolean interrupted = awaitEnd();
        Throwable bad = verdict(interrupted);
        if (bad != null) {
            throw sneaky(bad);
        }
    }

    <X extends Throwable> void await(Class<X> type) throws InterruptedException, X {
        boolean interrupted = awaitEnd();
        Throwable bad = verdict(interrupted);
        if (bad instanceof ErrGroupException && type.isInstance(bad.getCause())) {
            throw type.cast(bad.getCause());
        }
        if (bad != null) {
            throw sneaky(bad);
        }
    }

    private boolean awaitEnd() {
        used();
        refuseInside("await");
        boolean interrupted = false;
        do {
            if (!isQuiet()) {
                interrupted |= awaitUntil(this::isQuiet, this, this::cancelByInterrupt);
            }
            if (!options.cancelOnError() && !is(CANCELLED | FINISHED | CLOSED)) {
                break; // it may go on
            }
            if (tryFinish()) {
                conclude();
            }
        } while (!is(FINISHED));
        if (is(FINISHED)) {
            interrupted |= awaitUntil(() -> answered, this, NOTHING);
        }
        submittedAnswered = admitted();
        Failures bad = failures;
        failuresAnswered = bad == null ? 0 : bad.failed.get();
        return interrupted;
    }

    /** What {@code await} throws, if anything. A flag that is not turned into an InterruptedException is set again. */
    private @Nullable Throwable verdict(boolean interrupted) {
        Failures bad = failures;
        Failures.First first = bad == null ? null : bad.first();
        Cancellation why = cancellation;
        Throwable answer = null;
        if (bad != null && first != null) {
            answer = first.thrown() instanceof Error ? first.thrown() : bad.toException(options.name(), first);
        } else if (why != null && why.reason() == CancelReason.INTERRUPTED) {
            Thread.interrupted();
            return new InterruptedException(why.cause().getMessage());
        } else if (why != null && why.reason() != null && bad != null && bad.cancelled.get() + bad.skipped.get() > 0) {
            Throwable cause = asCancellation(why);
            answer = new ErrGroupException(
                    "group '" + options.name() + "' was cancelled (" + why.reason() + "), " + bad.cancelled
                            + " tasks cancelled and " + bad.skipped + " skipped: " + cause.getMessage(),
                    cause,
                    options.name(),
                    null,
                    -1,
                    List.of());
        } else if (interrupted) {
            return new InterruptedException("interrupted while waiting for group '" + options.name() + "'");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }

    private Throwable asCancellation(Cancellation why) {
        if (why.cause() instanceof CancellationException || why.cause() instanceof TimeoutException) {
            return why.cause();
        }
        CancellationException wrapper =
                new CancellationException(this + " was cancelled (" + why.reason() + "): " + why.cause());
        wrapper.initCause(why.cause());
        return wrapper;
    }

    /** The thread that set FINISHED tells the end, and lets the awaiters go. */
    private void conclude() {
        Cancellation why = cancellation;
        if (why == null && options.cancelOnError()) {
            cancellation = Cancellation.ENDED;
        }
        Deadline set = deadline;
        if (set != null) {
            set.end();
        }
        CancelHooks registered = hooks;
        if (registered != null) {
            registered.clear();
        }
        if (timed) {
            tellOutcome(why);
        }
        answered = true;
        wakeAwaiters();
    }

    private void tellOutcome(@Nullable Cancellation why) {
        long now = options.clock().nanoTime();
        boolean cancelled = why != null && why.reason() != null;
        if (cancelled) {
            long last = lastEndNanos;
            long nanos = last == 0 ? 0 : Math.max(0, last - why.nanos());
            tell(listener -> listener.onCancelled(group, nanos));
        }
        Failures bad = failures;
        Failures.First first = bad == null ? null : bad.first();
        GroupOutcome outcome;
        if (first != null) {
            outcome = GroupOutcome.FAILURE;
        } else if (!cancelled || (bad == null && why.reason() != CancelReason.INTERRUPTED)) {
            outcome = GroupOutcome.SUCCESS;
        } else {
            outcome = why.reason() == CancelReason.TIMEOUT ? GroupOutcome.TIMEOUT : GroupOutcome.CANCELLED;
        }
        Throwable failure = first == null ? null : first.thrown();
        tell(listener -> listener.onEnd(group, outcome, failure, now - openedNanos));
    }

    void close() {
        if (lazyOpening != null && closeUnopened(lazyOpening)) {
            return;
        }
        if (is(CLOSED)) {
            return;
        }
        refuseInside("close");
        boolean cancelledHere = false;
        boolean interrupted = false;
        boolean concluding = false;
        boolean closing = false;
        while (!closing && !is(CLOSED)) {
            if (outstanding() > 0) {
                cancelledHere |= cancel(CancelReason.CLOSED, new CancellationException(this + " was closed"));
            }
            interrupted |= awaitUntil(this::isQuiet, this, NOTHING);
            concluding |= tryFinish();
            closing = is(FINISHED) && tryPhase(CLOSED, CLOSED, false);
        }
        if (concluding) {
            conclude();
        }
        interrupted |= awaitUntil(() -> answered, this, NOTHING);
        forgetAtParent();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (closing) {
            reportUnanswered(cancelledHere);
        }
    }

    private boolean closeUnopened(LazyOpening lazy) {
        lazy.lock.lock();
        try {
            return tryPhase(CLOSED | FINISHED, CANCELLED | FINISHED | CLOSED, true) && is(UNOPENED);
        } finally {
            lazy.lock.unlock();
        }
    }

    private void forgetAtParent() {
        TaskRun<?> opener = parent;
        Children siblings = opener == null ? null : opener.children();
        if (siblings != null) {
            siblings.prune();
        }
    }

    /** Nothing is lost silently (J5): what no {@code await} answered for, {@code close} throws. */
    private void reportUnanswered(boolean cancelledHere) {
        Failures bad = failures;
        if (bad == null) {
            return;
        }
        Cancellation why = cancellation;
        CancelReason reason = why == null ? null : why.reason();
        long undone = bad.cancelled.get() + bad.skipped.get();
        boolean unanswered = undone > 0 && admitted() > submittedAnswered;
        if (bad.failed.get() > failuresAnswered
                || (unanswered && (reason == CancelReason.TIMEOUT || reason == CancelReason.SHUTDOWN))) {
            Throwable answer = verdict(false);
            if (answer != null) {
                throw sneaky(answer);
            }
        } else if (unanswered && cancelledHere) {
            throw new IllegalStateException("group '" + options.name() + "' was closed before its tasks had ended: "
                    + bad.cancelled + " cancelled, " + bad.skipped
                    + " skipped. Call await() before the end of the try block, or cancel() if that is meant");
        }
    }

    <T extends @Nullable Object, X extends Exception> T call(GroupBody<T, X> body) throws X, InterruptedException {
        T value;
        try {
            value = body.run(group);
        } catch (Throwable thrown) {
            throw sneaky(afterBodyFailed(thrown));
        }
        try {
            await();
        } finally {
            close();
        }
        return value;
    }

    /** Ends the group after its body threw. Returns what the call throws: the first failure in time. */
    private Throwable afterBodyFailed(Throwable thrown) {
        boolean open = !is(FINISHED | CLOSED);
        Failures.First before = failures().first();
        boolean isAnswer = before != null
                && (thrown == before.thrown()
                        || (thrown instanceof ErrGroupException && thrown.getCause() == before.thrown()));
        if (thrown instanceof InterruptedException) {
            cancel(CancelReason.INTERRUPTED, thrown);
        } else if (open && !isAnswer) {
            failures().record(thrown, null, -1);
            cancel(CancelReason.FAILURE, thrown);
        }
        boolean unanswered = failures().failed.get() > failuresAnswered;
        submittedAnswered = Long.MAX_VALUE;
        failuresAnswered = Long.MAX_VALUE;
        close();
        Failures.First first = failures().first();
        if (isAnswer || first == null || first.thrown() == thrown || !unanswered) {
            return thrown;
        }
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return first.thrown() instanceof Error ? first.thrown() : failures().toException(options.name(), first);
    }

    /** {@code await} and {@code close} from below would wait for themselves (G7). */
    private void refuseInside(String verb) {
        CancelHooks registered = hooks;
        if (isInside(CurrentTask.get())) {
            throw new IllegalStateException(
                    verb + "() of " + this + " was called by one of its own tasks, or by a task of"
                            + " a group opened in one; it would wait for itself. Call it outside, or open a group of its own there");
        }
        if (registered != null && registered.isRunningIn(Thread.currentThread())) {
            throw new IllegalStateException(
                    verb + "() of " + this + " was called by one of its cancellation hooks, which it waits for");
        }
    }

    /** Whether a task belongs to this group or one below it, or runs nested in the thread of such a task. */
    private boolean isInside(@Nullable TaskRun<?> task) {
        return task != null && (task.engine == this || isInside(task.engine.parent) || isInside(task.outer()));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
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
        return why == null ? null : why.cause();
    }

    @Override
    public @Nullable CancelReason reason() {
        Cancellation why = cancellation;
        return why == null ? null : why.reason();
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
            CancellationException thrown = new CancellationException(this + " is cancelled: " + cause);
            thrown.initCause(cause);
            throw thrown;
        }
    }

    // ---- settings and views

    void setLimit(int newLimit) {
        limit(Math.max(newLimit, ErrGroupOptions.NO_LIMIT));
        slotFreed();
    }

    void setTimeout(@Nullable Duration timeout) {
        ErrGroupOptions.checkDuration("timeout", timeout);
        Deadline set = deadline;
        if (set == null) {
            DEADLINE.compareAndSet(this, null, new Deadline(this, openedNanos));
            set = deadline;
        }
        if (set != null) {
            set.set(timeout);
        }
    }

    GroupSnapshot snapshot() {
        return Snapshots.of(this);
    }

    ErrGroup group() {
        return group;
    }

    ErrGroupOptions options() {
        return options;
    }

    @Nullable
    Supplier<ErrGroupOptions> source() {
        return source;
    }

    TaskThreads threads() {
        return options.threads();
    }

    LiveTasks live() {
        return live;
    }

    @Nullable
    Slots slotsIfAny() {
        return slots;
    }

    @Nullable
    Failures failuresIfAny() {
        return failures;
    }

    long openedNanos() {
        return openedNanos;
    }

    @Nullable
    ErrGroup parentGroup() {
        TaskRun<?> opener = parent;
        return opener == null ? null : opener.engine.group;
    }

    boolean isTimed() {
        return timed;
    }

    void tell(Consumer<GroupListener> event) {
        if (listeners != null) {
            listeners.tell(event);
        }
    }

    void tellLimitWait(long nanos) {
        tell(listener -> listener.onLimitWait(group, nanos));
    }

    void tellCompensated(TaskRun<?> task) {
        tell(listener -> listener.onTaskCompensated(group, task));
    }

    private Slots slots() {
        if (slots == null) {
            SLOTS.compareAndSet(this, null, new Slots(this));
        }
        return Objects.requireNonNull(slots);
    }

    private Failures failures() {
        if (failures == null) {
            FAILURES.compareAndSet(this, null, new Failures());
        }
        return Objects.requireNonNull(failures);
    }

    private CancelHooks hooks() {
        if (hooks == null) {
            HOOKS.compareAndSet(this, null, new CancelHooks());
        }
        return Objects.requireNonNull(hooks);
    }

    @Override
    public String toString() {
        return "group '" + options.name() + "' (" + phase() + ")";
    }
}
