package io.github.errgroup;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** What only some tasks have: times, a captured context, a shared slot, child groups, a thread that is not ours. */
final class TaskExtras implements TaskHolder {
    /** What a task has of a shared limit; null where it needs none, or not yet. */
    enum SharedSlot {
        HELD,
        /** Given back while it waits, to be taken again before it goes on. */
        GIVEN_BACK
    }

    private final TaskRun<?> task;

    /** The context of the thread that called {@code go}. Written before the launch. */
    ContextPropagator.@Nullable Captured captured;

    /** That context while it is set. Own thread only. */
    private ContextPropagator.@Nullable Scope scope;

    /** Start in the group's clock, 0 before. Written by the running thread, read by snapshots. */
    volatile long startNanos;

    /**
     * The thread that is inside {@code execute} for this task: if it is the one that runs it, its caller runs it. Written by
     * that thread; whether another reads it in time makes no difference, since that one is not the thread.
     */
    @Nullable
    Thread launcher;

    /** The thread of an executor that runs it. Own thread only; others look whether it is theirs. */
    @Nullable
    Thread host;

    /** The task that was current on this thread before, if a caller-runs executor nested them. Own thread only. */
    @Nullable
    TaskRun<?> outer;

    /** Whether a cancellation hook that this task registered has run: a socket it closed explains a SocketException. */
    volatile boolean hookRan;

    /** Its slot of the shared limit. Written under {@link SharedLimit}'s lock; read by compensating threads. */
    volatile @Nullable SharedSlot sharedSlot;

    /** Groups opened by this task and not closed yet. Written by the task's thread, read by cancellers. */
    volatile @Nullable Children children;

    /**
     * Run when the task has ended and left the group; null where nobody waits for that. Written before the launch, and by the
     * thread that ends the task.
     */
    @Nullable
    Runnable atEnd;

    /** The task's own deadline, or null. Set by the task's thread before the timer is; then read by anyone. */
    @Nullable
    Deadline deadline;

    /**
     * A task's own deadline (N10), and the timer's entry for it: RUNNING until it has PASSED, or the task's body has ENDED,
     * whichever is first.
     */
    static final class Deadline implements Runnable {
        private static final int RUNNING = 0;

        private static final int PASSED = 1;

        private static final int ENDED = 2;

        private static final AtomicIntegerFieldUpdater<Deadline> STATE =
                AtomicIntegerFieldUpdater.newUpdater(Deadline.class, "state");

        private final TaskRun<?> task;

        /** Set by CAS, by the timer and by the thread that ends the task. */
        private volatile int state;

        /** Takes the timer's entry back. The task's thread alone. */
        private @Nullable Registration timer;

        Deadline(TaskRun<?> task) {
            this.task = task;
        }

        void start(GroupClock clock, Duration timeout) {
            timer = clock.schedule(timeout, this);
        }

        /** The time is up. Called by the timer. */
        @Override
        public void run() {
            task.group.timedOut(task, this);
        }

        /** Returns false if the body has ended before. */
        boolean pass() {
            return STATE.compareAndSet(this, RUNNING, PASSED);
        }

        boolean hasPassed() {
            return state == PASSED;
        }

        /** The body has ended. Returns whether the deadline had passed before. */
        boolean end() {
            if (!STATE.compareAndSet(this, RUNNING, ENDED)) {
                return state == PASSED;
            }
            Registration set = timer;
            timer = null;
            try {
                if (set != null) {
                    set.close();
                }
            } catch (Throwable e) {
                Log.warn(task.describe() + ": the timer of its deadline could not be taken back", e);
            }
            return false;
        }
    }

    TaskExtras(TaskRun<?> task) {
        this.task = task;
    }

    @Override
    public @Nullable TaskRun<?> taskOn(Thread thread) {
        return host == thread ? task : null;
    }

    void openScope() {
        if (captured != null) {
            scope = captured.open();
        }
    }

    /** Restores the thread's own context, which listeners of the end still find as the task left it. */
    void closeScope() {
        ContextPropagator.Scope open = scope;
        if (open != null) {
            scope = null;
            try {
                open.close();
            } catch (Throwable e) {
                Log.warn("restoring the thread's context after " + task.describe() + " failed", e);
            }
        }
    }

    /** Called by the task's own thread alone. */
    Children adopting() {
        Children opened = children;
        if (opened == null) {
            opened = new Children();
            children = opened;
        }
        return opened;
    }

    /** The task has left the group. Called by the thread that ended it. */
    void left() {
        Runnable waiting = atEnd;
        if (waiting != null) {
            atEnd = null; // a handle that is kept does not keep who waited for it
            waiting.run();
        }
    }
}
