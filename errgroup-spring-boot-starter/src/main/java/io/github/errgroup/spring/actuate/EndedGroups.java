package io.github.errgroup.spring.actuate;

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

    void add(GroupOutcome outcome, GroupSnapshot group) {
        outcomes[outcome.ordinal()].increment();
        succeeded.add(group.succeeded());
        failed.add(group.failed());
        cancelled.add(group.cancelled());
        skipped.add(group.skipped());
    }

    GroupCounts groups(long open) {
        return new GroupCounts(
                open,
                count(GroupOutcome.SUCCESS),
                count(GroupOutcome.FAILURE),
                count(GroupOutcome.CANCELLED),
                count(GroupOutcome.TIMEOUT));
    }

    private long count(GroupOutcome outcome) {
        return outcomes[outcome.ordinal()].sum();
    }

    TaskCounts tasks() {
        long succeededNow = succeeded.sum();
        long failedNow = failed.sum();
        long cancelledNow = cancelled.sum();
        long skippedNow = skipped.sum();
        long submitted = succeededNow + failedNow + cancelledNow + skippedNow;
        return new TaskCounts(submitted, succeededNow, failedNow, cancelledNow, skippedNow, 0);
    }
}
