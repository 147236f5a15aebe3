package io.github.errgroup;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group, as it was a moment ago. Taking it locks nothing that tasks need. Once the group has ended the counts add
 * up: {@code submitted = succeeded + failed + cancelled + skipped}; before, {@code pending} makes up the rest.
 *
 * @param name the group's name
 * @param phase where it is in its life
 * @param age how long ago it was opened; zero for a group that was never used
 * @param openedAt the user code that opened it, innermost frame first; null where that was not captured, see
 *     {@link ErrGroupOptions.Builder#captureOpener(boolean)}, and for a group that was never used
 * @param limit how many tasks may run at once; -1 for no limit
 * @param remaining the time left until its deadline; null where there is none
 * @param reason what cancelled it; null if nothing did
 * @param submitted tasks submitted so far
 * @param succeeded tasks that succeeded
 * @param failed tasks that failed, those that could not be started included
 * @param rejected how many of the failed tasks could not be started: their executor rejected them, no thread could be had,
 *     or there was no slot in time
 * @param cancelled tasks that had started and were cancelled
 * @param skipped tasks that never started
 * @param pending tasks that have not ended
 * @param blockedCallers threads that are blocked in {@code go}, because the limit is reached
 * @param tasks the tasks that have not ended, at most 1,000
 */
public record GroupSnapshot(
        String name,
        Phase phase,
        Duration age,
        @Nullable List<StackTraceElement> openedAt,
        int limit,
        @Nullable Duration remaining,
        @Nullable CancelReason reason,
        long submitted,
        long succeeded,
        long failed,
        long rejected,
        long cancelled,
        long skipped,
        long pending,
        int blockedCallers,
        List<TaskSnapshot> tasks) {

    /** The most tasks a snapshot holds. */
    static final int MAX_TASKS = 1_000;

    /** Where a group is in its life. */
    public enum Phase {
        /** Made lazily, and not used yet. */
        UNOPENED,
        /** Accepts tasks. */
        OPEN,
        /** Cancelled, and not yet awaited: starts no more tasks. */
        CANCELLED,
        /** Awaited to its end: accepts no more tasks. */
        FINISHED,
        /** Closed. */
        CLOSED
    }
}
