package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint.GroupCounts;
import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint.TotalsReport;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sums up the groups of each name as they end: nothing is done per task. Open groups are added when somebody asks.
 */
public final class GroupTotals implements GroupListener.Factory {
    private final UnaryOperator<String> knownName;

    /** Only names that the registry knows, so their number is bounded. Written as groups end, read by requests. */
    private final ConcurrentMap<String, EndedGroups> byName = new ConcurrentHashMap<>();

    /**
     * Totals, all zero.
     *
     * @param knownName gives the name that groups of a name are accounted under
     */
    public GroupTotals(UnaryOperator<String> knownName) {
        this.knownName = knownName;
    }

    @Override
    public GroupListener listen(ErrGroup group) {
        return new GroupListener() {
            @Override
            public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
                of(knownName.apply(group.name())).add(outcome, group.snapshot());
            }
        };
    }

    private EndedGroups of(String name) {
        EndedGroups ended = byName.get(name);
        return ended != null ? ended : byName.computeIfAbsent(name, unused -> new EndedGroups());
    }

    /** The totals of a name, with these open groups. */
    TotalsReport report(String name, Collection<ErrGroup> open) {
        EndedGroups ended = of(name);
        TaskCounts tasks = ended.tasks();
        for (ErrGroup group : open) {
            tasks = tasks.plus(TaskCounts.of(group.snapshot()));
        }
        return new TotalsReport(ended.groups(open.size()), tasks);
    }

    /** Sums over ended groups. Each sum is exact; read while groups end, the sums may be of slightly different moments. */
    private static final class EndedGroups {
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
}
