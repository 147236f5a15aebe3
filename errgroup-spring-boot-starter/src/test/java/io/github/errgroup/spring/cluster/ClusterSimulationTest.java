package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.cluster.ClusterSimulation.Result;
import io.github.errgroup.spring.cluster.ClusterSimulation.Setting;
import org.junit.jupiter.api.Test;

/** N14 with more instances than there are machines, on a small scale; {@link ClusterSimulationReport} has a thousand. */
class ClusterSimulationTest {
    private static final int LIMIT = 600;

    private static final int LEASE = 10_000;

    @Test
    void N14_the_limit_holds_and_is_used_while_demand_moves_messages_are_lost_and_instances_are_killed() {
        Result result = run(new Setting(60, LIMIT, LEASE, 5, 3, 200, 20_000, 0.01, 5_000, 0));
        assertThat(result.mostRunning()).isLessThanOrEqualTo(LIMIT);
        assertThat(result.mostHeld()).isLessThanOrEqualTo(LIMIT);
        assertThat(result.unused(LIMIT, 20, 80)).isBetween(0.0, 0.08);
        assertThat(result.untilShare())
                .hasSizeGreaterThan(5)
                .last()
                .satisfies(most -> assertThat(most).isLessThanOrEqualTo(LEASE));
        assertThat(result.stillWithout()).isZero();
    }

    @Test
    void N14_an_instance_calls_at_most_fifty_times_a_lease_and_rarely_where_all_have_what_they_want() {
        Result contended = run(new Setting(60, LIMIT, LEASE, 5, 3, 200, 20_000, 0, 0, 0));
        assertThat(contended.callsPerSecond(20, 80)).isLessThanOrEqualTo(60 * 50_000.0 / LEASE);
        Result enough = run(new Setting(60, LIMIT, LEASE, 5, 3, 80, 20_000, 0, 0, 0));
        assertThat(enough.callsPerSecond(20, 80)).isLessThanOrEqualTo(60 * 2 * 3_000.0 / LEASE);
    }

    @Test
    void N14_a_redis_that_is_restarted_empty_costs_no_permit_that_is_held_and_lets_nobody_take_more() {
        Result result = run(new Setting(60, LIMIT, LEASE, 5, 3, 200, 20_000, 0, 0, 50_000));
        assertThat(result.mostHeld()).isLessThanOrEqualTo(LIMIT);
        assertThat(result.seconds().get(55).running()).isGreaterThan(0.5 * LIMIT);
        assertThat(result.seconds().get(75).running()).isGreaterThan(0.9 * LIMIT);
    }

    private static Result run(Setting setting) {
        return new ClusterSimulation(setting, 1).run(80);
    }
}
