package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * What happens in one group: the seam through which meters, traces and endpoints see groups. A {@link Factory} makes a
 * listener for each group that opens. Every method does nothing by default.
 *
 * <p>Its methods are called in the thread where the event happens, with the class loader of the thread that opened the
 * group, and while no lock of the group is held. So a slow listener slows that thread, and a blocked one holds up its
 * group's tasks. If a listener or its factory throws, that changes nothing for the group, and is logged once. A listener
 * must be thread-safe: tasks end at the same time.
 *
 * <p>For a task: {@link #onTaskStart} then {@link #onTaskEnd}; or {@link #onTaskSkipped} alone; or
 * {@link #onTaskRejected} alone. For a group: {@link #onOpen} first; {@link #onEnd} last, before {@code await()}
 * returns, after the end of every task submitted before. A group that does not cancel on error may go on after
 * {@code await()}: its {@code onEnd} comes with {@code close()}.
 */
public interface GroupListener {
    /**
     * Makes the listener of each group: {@code ErrGroup.open(o -> o.listener(group -> new Progress(group.name())))}.
     * Thread-safe.
     */
    @FunctionalInterface
    interface Factory {
        /**
         * Makes the listener of a group that opens. Called in the thread that opens it. When all factories have been asked,
         * {@link GroupListener#onOpen} is called.
         *
         * @param group the group; the listener may keep it, and use it from {@code onOpen} on
         * @return the listener of this group; null for none
         */
        @Nullable
        GroupListener listen(ErrGroup group);
    }

    /** The group was opened; for a group made lazily, at its first use. */
    default void onOpen() {}

    /**
     * A task is about to run, in this thread.
     *
     * @param task the task
     */
    default void onTaskStart(Subtask<?> task) {}

    /**
     * A task that had started has ended. Its state is final; its slot is still held.
     *
     * @param task the task: SUCCEEDED, FAILED or CANCELLED
     * @param nanos how long it ran, in nanoseconds
     */
    default void onTaskEnd(Subtask<?> task, long nanos) {}

    /**
     * A task will never start, because the group was cancelled.
     *
     * @param task the task: SKIPPED
     */
    default void onTaskSkipped(Subtask<?> task) {}

    /**
     * A task could not be started: the executor rejected it, no thread could be had, or its caller waited for a slot for as
     * long as {@link ErrGroupOptions#limitWait() limitWait} allows.
     *
     * @param task the task: FAILED
     */
    default void onTaskRejected(Subtask<?> task) {}

    /**
     * A task is about to be run by a compensating thread, because its executor is starved or lost it.
     * {@link #onTaskStart} follows.
     *
     * @param task the task
     */
    default void onTaskCompensated(Subtask<?> task) {}

    /**
     * A caller of {@code go} was blocked by a limit, and goes on.
     *
     * @param nanos how long it was blocked, in nanoseconds
     */
    default void onLimitWait(long nanos) {}

    /**
     * The group was cancelled. Comes before any of its tasks is interrupted.
     *
     * @param reason what cancelled it
     * @param cause as {@link GroupContext#cause()}
     */
    default void onCancel(CancelReason reason, Throwable cause) {}

    /**
     * The last task of a cancelled group has ended.
     *
     * @param nanos from the cancellation to the end of the last task, in nanoseconds
     */
    default void onDrained(long nanos) {}

    /**
     * A task has outlived the group's cancellation by more than the straggler grace.
     *
     * @param task the task, still running
     */
    default void onStraggler(Subtask<?> task) {}

    /**
     * A task once reported as a straggler has ended. Comes before its {@link #onTaskEnd}.
     *
     * @param task the task
     */
    default void onStragglerEnd(Subtask<?> task) {}

    /**
     * The group has ended.
     *
     * @param outcome how it ended, in agreement with what {@code await} and {@code close} throw
     * @param failure the failure that came first; null for every outcome but FAILED
     * @param nanos from open to end, in nanoseconds
     */
    default void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {}
}
