package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sums up the groups of each name as they end: nothing is done per task. Open groups are added when somebody asks.
 */
public final class GroupTotals implements GroupListener {
    private final UnaryOperator<String> accountedName;

    /** Names known to the registry only, so bounded as they are. Written as groups end, read by who asks. */
    private final ConcurrentMap<String, EndedGroups> byName = new ConcurrentHashMap<>();

    /**
     * Totals, all zero.
     *
     * @param accountedName gives the name that groups of a name are accounted under
     */
    public GroupTotals(UnaryOperator<String> accountedName) {
        this.accountedName = accountedName;
    }

    @Override
    public void onEnd(ErrGroup group, GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
        of(accountedName.apply(group.name())).add(outcome, group.snapshot());
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
}
