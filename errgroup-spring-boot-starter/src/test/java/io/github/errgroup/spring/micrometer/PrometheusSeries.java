package io.github.errgroup.spring.micrometer;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What Prometheus makes of the names and types of {@link ErrGroupMeter}; written out, as users see and query it. */
final class PrometheusSeries {
    private static final Map<ErrGroupMeter, List<String>> SERIES = Map.ofEntries(
            entry(ErrGroupMeter.TASK, timer("errgroup_task")),
            entry(ErrGroupMeter.TASK_FAILURES, List.of("errgroup_task_failures_total")),
            entry(ErrGroupMeter.TASK_SKIPPED, List.of("errgroup_task_skipped_total")),
            entry(ErrGroupMeter.TASK_REJECTED, List.of("errgroup_task_rejected_total")),
            entry(ErrGroupMeter.TASK_ACTIVE, List.of("errgroup_task_active")),
            entry(ErrGroupMeter.TASK_STRAGGLERS, List.of("errgroup_task_stragglers")),
            entry(ErrGroupMeter.TASK_COMPENSATED, List.of("errgroup_task_compensated_total")),
            entry(ErrGroupMeter.CANCELLATIONS, List.of("errgroup_cancellations_total")),
            entry(ErrGroupMeter.CANCELLATION_LATENCY, timer("errgroup_cancellation_latency")),
            entry(ErrGroupMeter.LIMIT_WAIT, timer("errgroup_limit_wait")),
            entry(ErrGroupMeter.LIMIT, List.of("errgroup_limit")),
            entry(ErrGroupMeter.CLUSTER_SHARE, List.of("errgroup_cluster_share")),
            entry(ErrGroupMeter.CLUSTER_LEASE_AGE, List.of("errgroup_cluster_lease_age")),
            entry(ErrGroupMeter.GROUP, timer("errgroup_group")),
            entry(ErrGroupMeter.GROUP_ACTIVE, timer("errgroup_group_active")));

    private PrometheusSeries() {}

    static List<String> of(ErrGroupMeter meter) {
        return Objects.requireNonNull(SERIES.get(meter), meter.name());
    }

    static Set<String> all() {
        return SERIES.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    }

    /** Without those of a cluster limit. */
    static Set<String> ofEveryName() {
        return ErrGroupMeter.ofEveryName().stream()
                .flatMap(meter -> of(meter).stream())
                .collect(Collectors.toSet());
    }

    private static List<String> timer(String name) {
        return List.of(name + "_seconds_count", name + "_seconds_sum", name + "_seconds_max");
    }
}
