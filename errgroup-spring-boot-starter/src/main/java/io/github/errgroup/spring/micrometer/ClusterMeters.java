package io.github.errgroup.spring.micrometer;

import io.github.errgroup.spring.ClusterLimit;
import io.github.errgroup.spring.micrometer.ErrGroupMeter.Key;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;

/** The gauges of a name that has a limit over all instances. Two applications on one registry: the higher limit and age, and
 * the sum of the shares. */
final class ClusterMeters {
    private static final double NANOS_PER_SECOND = 1e9;

    private ClusterMeters() {}

    static void register(MeterLease meters, String name, ClusterLimit cluster) {
        Tags group = Tags.of(Key.GROUP.asString(), name);
        meters.gauge(ErrGroupMeter.LIMIT, group.and(Key.SCOPE.asString(), "cluster"), Math::max, cluster::limit);
        meters.gauge(ErrGroupMeter.CLUSTER_SHARE, group, Double::sum, cluster::share);
        meters.gauge(ErrGroupMeter.CLUSTER_LEASE_AGE, group, Math::max, () -> {
            Duration age = cluster.leaseAge();
            return age == null ? Double.NaN : age.toNanos() / NANOS_PER_SECOND;
        });
    }
}
