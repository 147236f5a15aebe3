package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.cluster.ClusterSimulation.Result;
import io.github.errgroup.spring.cluster.ClusterSimulation.Setting;
import java.util.List;
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
    void every_instance_that_becomes_hot_has_its_share_or_is_counted_among_those_that_never_had_it() {
        Result result = new ClusterSimulation(new Setting(60, LIMIT, LEASE, 5, 20, 200, 2_000, 0, 200, 0), 1).run(21);
        assertThat(result.becameHot()).isEqualTo(5 * 20);
        assertThat(List.of(
                        result.untilShare().size(),
                        result.killedWithout(),
                        result.stillWithout(),
                        result.withoutAtEnd()))
                .allSatisfy(some -> assertThat(some).isPositive())
                .satisfies(all -> assertThat(
                                all.stream().mapToInt(Integer::intValue).sum())
                        .isEqualTo(result.becameHot()));
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
