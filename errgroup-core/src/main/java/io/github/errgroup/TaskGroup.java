package io.github.errgroup;

import io.github.errgroup.Subtask.State;
import org.jspecify.annotations.Nullable;

/**
 * What a task, and what gives a task its thread or its shared slot, know of the group. A task's way: the group admits it, a
 * {@link Launcher} gives it a thread, {@link TaskRun#perform} runs it there, and {@link #end} or {@link #endUnstarted} ends it.
 */
interface TaskGroup {
    String name();

    /** Why its tasks are to end, or null. Read after a task can be seen among the live ones (J2). */
    @Nullable
    Cancellation cancellation();

    /** The newest row of its live tasks. */
    LiveTasks.Seat[] live();

    /**
     * Shows a task, or a worker with a task after another, to cancellers, and then reads the cancellation (J2).
     *
     * @return whether the group is not cancelled
     */
    boolean seat(LiveTasks.Seat who, int wanted);

    Launcher launcher();

    @Nullable
    SharedLimit sharedLimit();

    /** What starts the tasks that wait for a slot of the group; null if none has waited yet. */
    @Nullable
    Trampoline<?> slotTrampoline();

    /** The task that the group was opened in. */
    @Nullable
    TaskRun<?> parent();

    /** The class loader of the thread that opened the group. */
    @Nullable
    ClassLoader openersLoader();

    /** How long a waiting thread waits before it looks for lost tasks. */
    long patienceNanos();

    /** Changes whenever a task comes or goes. */
    long progress();

    /** A task is about to run user code in this thread. */
    void taskStarts(TaskRun<?> task);

    /** The end of a task that was claimed, in its thread (J11). */
    void end(TaskRun<?> task, State state, @Nullable Object result, boolean interrupted, Host host);

    /** The end of a task that never started: skipped, or failed with why it could not be started. */
    void endUnstarted(TaskRun<?> task, @Nullable Throwable failure);

    /** Launches a task that has all its slots. Does not wait: the caller may be ending the task that had them. */
    void launchGranted(TaskRun<?> task);

    void tellCompensated(TaskRun<?> task);
}
