package io.github.errgroup;

import io.github.errgroup.Subtask.State;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a group, and a task's way out of it: {@code TaskRun.perform → end → leave}. Its way in is
 * {@link GroupSubmission}.
 *
 * <ol>
 *   <li>The order at a task's end is J11 and stands in {@link #end}: the first failure is recorded before anybody is
 *       cancelled (G1), the interrupt is taken back before the slot is free, and everything comes before the word changes.
 * </ol>
 */
abstract class GroupTasks extends GroupState {
    private static final AtomicReferenceFieldUpdater<GroupTasks, @Nullable Slots> SLOTS =
            AtomicReferenceFieldUpdater.newUpdater(GroupTasks.class, Slots.class, "slots");

    private static final AtomicReferenceFieldUpdater<GroupTasks, @Nullable Failures> FAILURES =
            AtomicReferenceFieldUpdater.newUpdater(GroupTasks.class, Failures.class, "failures");

    private final ErrGroup group;

    private final ErrGroupOptions options;

    private final @Nullable Listeners listeners;

    /** Whether anybody wants times: then each task reads the clock twice. */
    private final boolean timed;

    /** Whether every task has {@link TaskExtras}. */
    private final boolean rich;

    /** Makes our own threads; null on an executor that was handed in. */
    final @Nullable ThreadFactory factory;

    /** Reuses them; null where each task has a fresh one. */
    final @Nullable Workers workers;

    final @Nullable Stragglers stragglers;

    private final LiveTasks live = new LiveTasks();

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable Slots slots;

    /** Made when first needed, then kept. Set by CAS, read by anyone. */
    private volatile @Nullable Failures failures;

    /** The class loader of the thread that opened the group. Written before the group is open to anyone else. */
    @Nullable
    ClassLoader openersLoader;

    /** The task that this group was opened in. Written before the group is open to anyone else. */
    @Nullable
    TaskRun<?> parent;

    /** That the context is cancelled, and why. Written once, by who set CANCELLED or FINISHED; read by anyone. */
    volatile @Nullable Cancellation cancellation;

    GroupTasks(ErrGroup group, ErrGroupOptions options, long initialPhase) {
        super(options.limit(), initialPhase);
        this.group = group;
        this.options = options;
        this.listeners = options.listeners().isEmpty() ? null : new Listeners(options.listeners());
        this.stragglers = options.stragglerGrace() == null ? null : new Stragglers(self(), options.stragglerGrace());
        this.timed = listeners != null || stragglers != null;
        this.rich = timed
                || options.sharedLimit() != null
                || options.contextPropagator() != null
                || options.threads() instanceof HandedInExecutor;
        this.factory = options.threads() instanceof OwnThreads own ? own.factoryFor(options.name()) : null;
        this.workers = factory != null && reuses(options) ? new Workers(this, factory) : null;
    }

    private static boolean reuses(ErrGroupOptions options) {
        Boolean asked = options.reuseThreads();
        return asked != null ? asked : options.limit() >= 0;
    }

    /** This, by its full type. */
    abstract GroupEngine self();

    /** Opens a lazily made group. */
    abstract void used();

    final void cancel(CancelReason reason, Throwable cause) {
        cancel(FirstCause.ofCancellation(reason, cause));
    }

    abstract void cancel(FirstCause cause);

    abstract void cancelByInterrupt();

    /** Starts a thread that has its task in hand; the seat is where both are seen. Returns why it could not. */
    abstract @Nullable Throwable startOn(Thread thread, TaskRun<?> task, LiveTasks.Seat seat, int wanted);

    /** Starts a thread that {@link #factory} has made. */
    final void start(Thread thread) {
        LentThreads lent = lentThreads();
        if (lent != null) {
            lent.start(thread);
        } else {
            thread.start();
        }
    }

    // ---- running

    /** A task is about to run user code in this thread. */
    void taskStarts(TaskRun<?> task) {
        if (timed) {
            if (Thread.currentThread() instanceof LentThreads.Replacement) {
                tellCompensated(task);
            }
            task.extras().startNanos = options.clock().nanoTime();
            tell(listener -> listener.onTaskStart(group, task));
        }
    }

    /** Whether no task waits for a worker: else the worker that takes the last one wakes blocked callers. */
    final boolean isQueueDrained() {
        return workers == null || workers.isIdle();
    }

    /** Whether the slot that is freed next is given to a task of this group that waits for it. */
    final boolean isTaskWaiting() {
        Slots waiting = slots;
        return waiting != null && waiting.isTaskWaiting();
    }

    /** Whether tasks run on workers that are platform threads, which take longer to wake than a short wait lasts. */
    final boolean isOnPlatformWorkers() {
        return workers != null && workers.isOnPlatformThreads();
    }

    /** Tasks that hold a slot. For a moment too few, while one is given out of the backlog: its launch looks once more. */
    final int slotsHeld() {
        Slots waiting = slots;
        int backlogged = waiting == null ? 0 : waiting.backlogSize();
        return outstanding() - backlogged;
    }

    /**
     * Whether an idle worker may wait for another task. Not while somebody waits for the end, which mostly is who brought the
     * tasks; unless callers had to wait for slots, and not every task has ended: then others may bring them.
     */
    final boolean mayBringMore() {
        return !isOver() && (!hasAwaiter() || (slots != null && outstanding() > 0));
    }

    @Override
    final void endIdleThreads() {
        if (workers != null && !mayBringMore()) {
            workers.endLingering();
        }
    }

    @Override
    final void lookForWork() {
        if (workers != null) {
            workers.lookAsAwaiter();
        }
    }

    /** The last task that waited for a worker was taken. */
    final void queueDrained() {
        Slots waiting = slots;
        if (waiting != null) {
            waiting.changed();
        }
    }

    /** Visits the tasks that have not been launched. */
    final void forEachWaiting(Consumer<TaskRun<?>> visitor) {
        if (workers != null) {
            workers.forEachQueued(visitor);
        }
        Slots waiting = slots;
        if (waiting != null) {
            waiting.forEachBacklogged(visitor);
        }
        SharedLimit shared = options.sharedLimit();
        if (shared != null) {
            shared.forEachQueued(self(), visitor);
        }
    }

    // ---- ending

    /** The end of a task that was claimed, in its thread (J11). */
    void end(TaskRun<?> task, State state, @Nullable Object result, boolean interrupted, Host host) {
        try {
            State outcome = state;
            if (result instanceof Throwable thrown && state == State.FAILED && cancellation != null) {
                TaskExtras rare = task.extrasIfAny();
                boolean touched = interrupted || (rare != null && rare.hookRan);
                if (Cancellation.explains(thrown, touched, options.cancellationWhen())) {
                    outcome = State.CANCELLED;
                }
            }
            settle(task, outcome, result);
            if (timed) {
                tellEnd(task, outcome);
            }
        } catch (Throwable e) {
            endBadly(task, e);
        } finally {
            try {
                handOff(task, interrupted, host);
            } finally {
                leave(task, host);
            }
        }
    }

    /** Something of the engine's own failed (no memory, no stack): the task ends all the same. */
    private void endBadly(TaskRun<?> task, Throwable fault) {
        if (!task.isSettled()) {
            settle(task, State.FAILED, fault);
        }
        Log.error(task.describe() + ": its end could not be told", fault);
    }

    /** Takes back what the thread must not keep. */
    private static void handOff(TaskRun<?> task, boolean interrupted, Host host) {
        try {
            TaskExtras rare = task.extrasIfAny();
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
    }

    /** The end of a task that never started: skipped, or failed with why it could not be started. */
    void endUnstarted(TaskRun<?> task, @Nullable Throwable failure) {
        try {
            settle(task, failure == null ? State.SKIPPED : State.FAILED, failure);
            if (failure == null) {
                tell(listener -> listener.onTaskSkipped(group, task));
            } else {
                failures().rejected.incrementAndGet();
                tell(listener -> listener.onTaskRejected(group, task));
            }
        } catch (Throwable e) {
            endBadly(task, e);
        } finally {
            leave(task);
        }
    }

    /** The group is cancelled: a task that no thread has taken never starts. */
    final void skip(TaskRun<?> task) {
        if (task.retire()) {
            if (options.threads() instanceof HandedInExecutor executor) {
                executor.abandoned();
            }
            endUnstarted(task, null);
        }
    }

    private void settle(TaskRun<?> task, State outcome, @Nullable Object result) {
        task.settle(outcome, result);
        if (outcome == State.FAILED && result instanceof Throwable thrown) {
            Failures bad = failures();
            bad.failed.incrementAndGet();
            FirstCause failure = FirstCause.ofTask(task, thrown);
            bad.record(failure); // fault: failure-is-recorded
            if (options.cancelOnError()) {
                cancel(failure);
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
        long nanos = nanosSince(task.extras().startNanos);
        tell(listener -> listener.onTaskEnd(group, task, nanos));
    }

    /** In the group's clock, and never below zero, though an injected clock may go back. */
    final long nanosSince(long start) {
        return Math.max(0, options.clock().nanoTime() - start);
    }

    /** The group's clock, for what must go on though an injected one throws: 0 then. */
    final long nanosOrZero() {
        try {
            return options.clock().nanoTime();
        } catch (Throwable e) {
            Log.error("the clock of " + this + " failed", e);
            return 0;
        }
    }

    final void leave(TaskRun<?> task) {
        leave(task, Host.CALLERS_THREAD);
    }

    private void leave(TaskRun<?> task, Host host) {
        task.leave();
        SharedLimit shared = options.sharedLimit();
        List<TaskRun<?>> granted = List.of();
        try {
            if (shared != null) {
                granted = shared.release(task);
            }
            if (!granted.isEmpty()) {
                host.isHeldUp();
            }
            Cancellation why = cancellation;
            if (timed && why != null) {
                why.lastEndNanos = nanosOrZero();
            }
        } finally {
            try {
                leave();
            } finally {
                if (shared != null) {
                    shared.launchInTurn(granted);
                }
            }
        }
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
        return task != null && (task.engine == this || isInside(task.engine.parent) || isInside(outer(task)));
    }

    private static @Nullable TaskRun<?> outer(TaskRun<?> task) {
        TaskExtras rare = task.extrasIfAny();
        return rare == null ? null : rare.outer;
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

    /** Its threads, where a user's factory makes them. */
    @Nullable
    LentThreads lentThreads() {
        return factory instanceof LentThreads lent ? lent : null;
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

    /** Whether its tasks have more than a body and a name: listeners, captured context, a shared limit. */
    final boolean isRich() {
        return rich;
    }

    final String title() {
        return "group '" + options.name() + "'";
    }

    void tell(Consumer<GroupListener> event) {
        Listeners all = listeners;
        if (all != null) {
            OpenersLoader.runWith(openersLoader, () -> all.tell(event));
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
