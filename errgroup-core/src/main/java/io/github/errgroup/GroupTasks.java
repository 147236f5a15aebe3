package io.github.errgroup;

import io.github.errgroup.Subtask.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task's way through its group: {@code go → admit → start → launch → TaskRun.perform → end → leave}.
 *
 * <ol>
 *   <li>A task is among the live ones before its launch, and reads the cancellation when it runs; who cancels writes
 *       {@link #cancellation}, and only then visits the live tasks (J2).
 *   <li>The order at a task's end is J11 and stands in {@link #end}: the first failure is recorded before anybody is
 *       cancelled (G1), the interrupt is taken back before the slot is free, and everything comes before the word changes.
 * </ol>
 */
abstract class GroupTasks extends GroupState {
    private static final AtomicReferenceFieldUpdater<GroupTasks, Slots> SLOTS =
            AtomicReferenceFieldUpdater.newUpdater(GroupTasks.class, Slots.class, "slots");

    private static final AtomicReferenceFieldUpdater<GroupTasks, Failures> FAILURES =
            AtomicReferenceFieldUpdater.newUpdater(GroupTasks.class, Failures.class, "failures");

    private final ErrGroup group;

    private final ErrGroupOptions options;

    private final @Nullable Listeners listeners;

    /** Whether anybody wants times: then each task reads the clock twice. */
    private final boolean timed;

    /** Makes our own threads; null on an executor that was handed in. */
    private final @Nullable ThreadFactory factory;

    /** Reuses them; null where each task has a fresh one. */
    private final @Nullable Workers workers;

    final @Nullable Stragglers stragglers;

    private final LiveTasks live = new LiveTasks();

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable Slots slots;

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable Failures failures;

    /** The task that this group was opened in. Written before the group is open to anyone else. */
    @Nullable
    TaskRun<?> parent;

    /** That the context is cancelled, and why. Written once, by who set CANCELLED or FINISHED; read by anyone. */
    volatile @Nullable Cancellation cancellation;

    /** When a task of a cancelled group last ended, in the group's clock. Written by enders, read by who finishes. */
    volatile long lastEndNanos;

    GroupTasks(ErrGroup group, ErrGroupOptions options, long initialPhase) {
        super(options.limit(), initialPhase);
        this.group = group;
        this.options = options;
        this.listeners = options.listeners().isEmpty() ? null : new Listeners(options.listeners());
        this.stragglers = options.stragglerGrace() == null ? null : new Stragglers(self(), options.stragglerGrace());
        this.timed = listeners != null || stragglers != null;
        this.factory = options.threads() instanceof OwnThreads own ? own.factory(options.name()) : null;
        this.workers = factory != null && reuses(options) ? new Workers(factory) : null;
    }

    private static boolean reuses(ErrGroupOptions options) {
        Boolean asked = options.reuseThreads();
        return asked != null ? asked : options.limit() >= 0;
    }

    /** This, by its full type. */
    abstract GroupEngine self();

    /** Opens a lazily made group. */
    abstract void used();

    abstract boolean cancel(CancelReason why, Throwable cause);

    abstract void cancelByInterrupt();

    // ---- submitting

    <T extends @Nullable Object> Subtask<T> go(@Nullable String name, Object body) {
        used();
        ContextPropagator.Captured captured = capture();
        long index = tryAdmit();
        if (index >= 0) {
            TaskRun<T> task = new TaskRun<>(self(), name, index, body, captured);
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
            TaskRun<T> task = new TaskRun<>(self(), name, index, body, captured);
            slots().enqueue(task);
            return task;
        }
        long index = slots().awaitRoom();
        if (index == REFUSED) {
            return skipped(name, body);
        }
        TaskRun<T> task = new TaskRun<>(self(), name, index, body, captured);
        start(task);
        return task;
    }

    private <T extends @Nullable Object> Subtask<T> skipped(@Nullable String name, Object body) {
        TaskRun<T> task = new TaskRun<>(self(), name, admitToCancelled(), body, null);
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
        TaskRun<T> task = new TaskRun<>(self(), name, index, body, captured);
        SharedLimit shared = options.sharedLimit();
        task.sharedSlot = shared == null ? TaskRun.SharedSlot.NONE : TaskRun.SharedSlot.QUEUED;
        if (shared != null && !shared.tryTake(task)) {
            task.retire();
            withdraw(task);
            return null;
        }
        live.add(task);
        if (cancellation != null && task.retire()) {
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
        usable();
        while (cancellation == null && items.hasNext()) {
            T item = items.next();
            go(null, (ThrowingRunnable) () -> action.accept(item));
        }
    }

    <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Iterator<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        usable();
        List<Subtask<R>> subtasks = new ArrayList<>();
        while (cancellation == null && items.hasNext()) {
            T item = items.next();
            subtasks.add(go(null, (Callable<R>) () -> function.apply(item)));
        }
        return Collections.unmodifiableList(subtasks);
    }

    /** Opens a lazily made group, and refuses a finished or closed one. */
    private void usable() {
        used();
        refuseIfFinished();
    }

    // ---- starting

    /** Starts an admitted task that has a slot. From outside, blocks for the shared slot. */
    void start(TaskRun<?> task) {
        SharedLimit shared = options.sharedLimit();
        if (shared != null) {
            task.sharedSlot = TaskRun.SharedSlot.QUEUED;
        }
        live.add(task);
        if (cancellation != null) {
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
        try (Wait wait = new Wait(self())) {
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

    /** A task is about to run user code in this thread. */
    void taskStarts(TaskRun<?> task) {
        if (timed) {
            task.started(options.clock().nanoTime());
            tell(listener -> listener.onTaskStart(group, task));
        }
    }

    // ---- ending

    /** The end of a task that was claimed, in its thread (J11). */
    void end(TaskRun<?> task, State state, @Nullable Object result, boolean interrupted, Host host) {
        try {
            State outcome = state;
            if (state == State.FAILED && cancellation != null) {
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
            task.closeScope();
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

    /** Whether a task belongs to this group or one below it, or runs nested in the thread of such a task. */
    final boolean isInside(@Nullable TaskRun<?> task) {
        return task != null && (task.engine == this || isInside(task.engine.parent) || isInside(task.outer()));
    }

    // ---- parts and views

    ErrGroup group() {
        return group;
    }

    ErrGroupOptions options() {
        return options;
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

    final Slots slots() {
        if (slots == null) {
            SLOTS.compareAndSet(this, null, new Slots(self()));
        }
        return Objects.requireNonNull(slots);
    }

    final Failures failures() {
        if (failures == null) {
            FAILURES.compareAndSet(this, null, new Failures());
        }
        return Objects.requireNonNull(failures);
    }
}
