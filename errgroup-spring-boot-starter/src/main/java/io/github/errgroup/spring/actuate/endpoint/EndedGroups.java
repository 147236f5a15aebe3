package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.GroupOutcome;
import io.github.errgroup.GroupSnapshot;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Sums over ended groups. Each sum is exact; read while groups end, the sums may be of slightly different moments. */
final class EndedGroups {
    /** By the ordinal of {@link GroupOutcome}. */
    private final LongAdder[] outcomes =
            Stream.of(GroupOutcome.values()).map(outcome -> new LongAdder()).toArray(LongAdder[]::new);

    private final LongAdder succeeded = new LongAdder();

    private final LongAdder failed = new LongAdder();

    private final LongAdder cancelled = new LongAdder();

    private final LongAdder skipped = new LongAdder();

    private final LongAdder rejected = new LongAdder();

    void add(GroupOutcome outcome, GroupSnapshot group) {
        outcomes[outcome.ordinal()].increment();
        TaskCounts tasks = TaskCounts.of(group);
        succeeded.add(tasks.succeeded());
        failed.add(tasks.failed());
        cancelled.add(tasks.cancelled());
        skipped.add(tasks.skipped());
        rejected.add(tasks.rejected());
    }

    GroupCounts groups(long open) {
        return new GroupCounts(
                open,
                count(GroupOutcome.SUCCEEDED),
                count(GroupOutcome.FAILED),
                count(GroupOutcome.CANCELLED),
                count(GroupOutcome.TIMED_OUT));
    }

    private long count(GroupOutcome outcome) {
        return outcomes[outcome.ordinal()].sum();
    }

    TaskCounts tasks() {
        long succeededNow = succeeded.sum();
        long failedNow = failed.sum();
        long cancelledNow = cancelled.sum();
        long skippedNow = skipped.sum();
        long rejectedNow = rejected.sum();
        long submitted = succeededNow + failedNow + cancelledNow + skippedNow + rejectedNow;
        return new TaskCounts(submitted, succeededNow, failedNow, cancelledNow, skippedNow, rejectedNow, 0);
    }
}
