package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.GroupSnapshot;

/**
 * Tasks, by what became of them: {@code submitted} is the sum of the others.
 *
 * @param submitted all
 * @param succeeded returned
 * @param failed threw
 * @param cancelled had started when their group was cancelled
 * @param skipped had not
 * @param rejected could not be started: rejected by their executor, without a thread, or without a slot in time
 * @param pending not ended yet
 */
public record TaskCounts(
        long submitted, long succeeded, long failed, long cancelled, long skipped, long rejected, long pending) {
    static TaskCounts of(GroupSnapshot group) {
        return new TaskCounts(
                group.submitted(),
                group.succeeded(),
                group.failed() - group.rejected(),
                group.cancelled(),
                group.skipped(),
                group.rejected(),
                group.pending());
    }

    TaskCounts plus(TaskCounts more) {
        return new TaskCounts(
                submitted + more.submitted,
                succeeded + more.succeeded,
                failed + more.failed,
                cancelled + more.cancelled,
                skipped + more.skipped,
                rejected + more.rejected,
                pending + more.pending);
    }
}
