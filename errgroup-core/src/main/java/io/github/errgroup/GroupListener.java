package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * The one seam through which meters, traces and endpoints see groups. Every method does nothing by default.
 *
 * <p>Called in the thread where the event happens, with the class loader of the thread that opened the group, while no lock
 * of the group is held; so a slow listener slows that
 * thread, and a blocked one holds its group's tasks. What a listener throws changes nothing for the group and is
 * logged once per listener. Must be thread-safe: tasks end at the same time.
 *
 * <p>For a task: {@link #onTaskStart} then {@link #onTaskEnd}; or {@link #onTaskSkipped} alone; or
 * {@link #onTaskRejected} alone. For a group: {@link #onOpen} first; {@link #onEnd} last, before {@code await()}
 * returns, after the end of every task submitted before. In a group that may go on after {@code await()} (not
 * cancelling) the end comes with {@code close()}.
 */
public interface GroupListener {
    /**
     * A group was opened; for a group made lazily, at its first use.
     *
     * @param group the group
     */
    default void onOpen(ErrGroup group) {}

    /**
     * A task is about to run, in this thread.
     *
     * @param group the group
     * @param task the task
     */
    default void onTaskStart(ErrGroup group, Subtask<?> task) {}

    /**
     * A task that had started has ended. Its state is final; its slot is still held.
     *
     * @param group the group
     * @param task the task: SUCCEEDED, FAILED or CANCELLED
     * @param nanos how long it ran, in nanoseconds
     */
    default void onTaskEnd(ErrGroup group, Subtask<?> task, long nanos) {}

    /**
     * A task will never start, because the group was cancelled.
     *
     * @param group the group
     * @param task the task: SKIPPED
     */
    default void onTaskSkipped(ErrGroup group, Subtask<?> task) {}

    /**
     * A task could not be started: the executor rejected it, or no thread could be had.
     *
     * @param group the group
     * @param task the task: FAILED
     */
    default void onTaskRejected(ErrGroup group, Subtask<?> task) {}

    /**
     * A task is about to be run by a compensating thread, because its executor is starved or lost it.
     * {@link #onTaskStart} follows.
     *
     * @param group the group
     * @param task the task
     */
    default void onTaskCompensated(ErrGroup group, Subtask<?> task) {}

    /**
     * A caller of {@code go} was blocked by a limit, and goes on.
     *
     * @param group the group
     * @param nanos how long it was blocked, in nanoseconds
     */
    default void onLimitWait(ErrGroup group, long nanos) {}

    /**
     * The group was cancelled. Comes before any of its tasks is interrupted.
     *
     * @param group the group
     * @param reason what cancelled it
     * @param cause as {@link GroupContext#cause()}
     */
    default void onCancel(ErrGroup group, CancelReason reason, Throwable cause) {}

    /**
     * The last task of a cancelled group has ended.
     *
     * @param group the group
     * @param nanos from the cancellation to the end of the last task, in nanoseconds
     */
    default void onCancelled(ErrGroup group, long nanos) {}

    /**
     * A task has outlived the group's cancellation by more than the straggler grace.
     *
     * @param group the group
     * @param task the task, still running
     */
    default void onStraggler(ErrGroup group, Subtask<?> task) {}

    /**
     * A task once reported as a straggler has ended. Comes before its {@link #onTaskEnd}.
     *
     * @param group the group
     * @param task the task
     */
    default void onStragglerEnd(ErrGroup group, Subtask<?> task) {}

    /**
     * The group has ended.
     *
     * @param group the group
     * @param outcome how: it agrees with what {@code await} and {@code close} throw
     * @param failure the failure that came first; null for every outcome but FAILED
     * @param nanos from open to end, in nanoseconds
     */
    default void onEnd(ErrGroup group, GroupOutcome outcome, @Nullable Throwable failure, long nanos) {}
}
