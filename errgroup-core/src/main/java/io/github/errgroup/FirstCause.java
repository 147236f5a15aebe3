package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * What came first in a group, in time: a failure, or what cancelled the group before any task had failed (G1). One per
 * group, set by one CAS in {@link Failures} before anybody is cancelled; what {@code await} and {@code close} throw, the outcome, and the
 * reason that listeners are told are read off it.
 *
 * @param reason FAILURE, or what cancelled the group
 * @param thrown the failure as it was thrown, or the cause of the cancellation
 * @param task the name of the task that failed; null for a cancellation and for the body of a call. Not the task
 *     itself, which would be held (J14)
 * @param index the index of that task, or -1
 */
record FirstCause(
        CancelReason reason, Throwable thrown, @Nullable String task, long index) {
    static FirstCause ofCancellation(CancelReason reason, Throwable cause) {
        return new FirstCause(reason, cause, null, -1);
    }

    static FirstCause ofBody(Throwable thrown) {
        return new FirstCause(CancelReason.FAILURE, thrown, null, -1);
    }

    static FirstCause ofTask(Subtask<?> task, Throwable thrown) {
        return new FirstCause(CancelReason.FAILURE, thrown, task.name(), task.index());
    }

    boolean isFailure() {
        return reason == CancelReason.FAILURE;
    }

    /** An Error alone beats an earlier cause. */
    boolean beats(FirstCause earlier) {
        return isFailure() && thrown instanceof Error && !(earlier.isFailure() && earlier.thrown instanceof Error);
    }

    /** Whether it is what {@code await} throws for this cause, or what is in there. */
    boolean isAnsweredBy(Throwable answer) {
        if (answer instanceof ErrGroupException && answer.getCause() == thrown) {
            return true;
        }
        Throwable link = thrown;
        while (link != answer && link instanceof ErrGroupException) {
            link = link.getCause();
        }
        return link == answer;
    }
}
