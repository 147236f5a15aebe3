package io.github.errgroup;

/** How a group ended. */
public enum GroupOutcome {
    /** Every task succeeded. */
    SUCCESS,
    /** A task failed, whatever came after. */
    FAILURE,
    /** No task failed, and the group was cancelled by something other than its deadline. */
    CANCELLED,
    /** No task failed before the deadline passed. */
    TIMEOUT
}
