package io.github.errgroup;

/**
 * How a group ended. What came first in the group, in time, decides it, as it decides what {@link ErrGroup#await()} throws.
 */
public enum GroupOutcome {
    /** Every task succeeded, though the group may have been cancelled. */
    SUCCEEDED,
    /** A task failed before anything had cancelled the group, or a task threw an Error. */
    FAILED,
    /** The group was cancelled before any task failed, by something other than its deadline. */
    CANCELLED,
    /** The deadline passed before any task failed or anything else cancelled the group. */
    TIMED_OUT
}
