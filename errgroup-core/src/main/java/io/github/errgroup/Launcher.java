package io.github.errgroup;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the tasks of a group get their threads: a fresh one each ({@link FreshThreads}), one of a few that take several
 * ({@link Workers}), or one of an executor that was handed in ({@link ExternalExecutor}).
 */
interface Launcher {
    /** Why a task was not launched: its group was cancelled meanwhile. */
    Throwable CANCELLED_MEANWHILE = new CancellationException("the group was cancelled");

    /**
     * Gives an admitted task its thread.
     *
     * @param mayWait whether the calling thread may wait a moment for an executor that has no room
     * @return why the task got no thread, {@link #CANCELLED_MEANWHILE} among the reasons; then no other thread can take the task,
     *     and the caller ends it. Null if the task runs or will run, or somebody else has taken and ends it
     */
    @Nullable
    Throwable launch(TaskRun<?> task, boolean mayWait);

    /** Runs a task in the current thread, which was made or chosen for it. */
    void run(TaskRun<?> task);

    /**
     * Whether the thread that frees a slot launches the task of the blocked caller that is given it; else the caller does.
     */
    default boolean isForAnyCaller() {
        return false;
    }

    /** Whether its threads take longer to wake than a short wait lasts. */
    default boolean isSlowToWake() {
        return false;
    }

    /** Whether no launched task waits for a thread. If some do, the thread that takes the last one wakes blocked callers. */
    default boolean isDrained() {
        return true;
    }

    /** Visits the launched tasks that no thread has taken and that are not among the live ones. */
    default void forEachQueued(Consumer<TaskRun<?>> visitor) {}

    /** Whether a task that was launched waits for one of its threads, and will be taken by it. */
    default boolean isQueued(TaskRun<?> task) {
        return false;
    }

    /**
     * Undoes what a {@link #launch} of that task has left half done that threw.
     *
     * @param hasRoom whether the stack of the calling thread is known not to be full
     */
    default void recover(TaskRun<?> task, boolean hasRoom) {}

    /** The group is cancelled: what waits for a thread never starts. */
    default void groupCancelled() {}

    /** A task of a cancelled group, which may have been launched, is skipped. */
    default void skipped(TaskRun<?> task) {}

    /** Called by every thread that waits for the group, before it parks and when it waits no more. */
    default void look() {}

    /** Threads that are idle are to look whether more tasks are to be expected. */
    default void endIdle() {}

    /** What a thread that begins to wait for the group is to look after, so that no task is lost (N1, N2); null for nothing. */
    default @Nullable Watch watch(TaskGroup group, @Nullable TaskRun<?> waiter) {
        return null;
    }

    /** What a thread that waits for a group does meanwhile for threads that are a user's. */
    interface Watch {
        void begin();

        /**
         * Looks once whether tasks are lost or starved.
         *
         * @param patienceNanos how long nothing may move
         */
        void look(long patienceNanos);

        void end();
    }
}
