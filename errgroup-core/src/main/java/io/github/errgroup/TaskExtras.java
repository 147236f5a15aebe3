package io.github.errgroup;

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

    /** Whether {@link #launcher} has entered itself among the callers for this task. That thread's alone. */
    boolean isAmongCallers;

    /** Where its command is in an external executor: see {@link LastSteps}. */
    volatile int command;

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
            atEnd = null; // a handle that is kept does not keep the one that waited for it
            waiting.run();
        }
    }
}
