package io.github.errgroup.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.soak.Plan.Ending;
import io.github.errgroup.soak.Plan.Form;
import io.github.errgroup.soak.Plan.Verb;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the judge knows right from wrong. */
class EpisodeTest {
    private final World world = new World(1);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void a_hundred_groups_of_the_mix_break_nothing() {
        Mix mix =
                new Mix(new SplittableRandom(1), world.places(), world.shared().size());
        for (int i = 0; i < 100; i++) {
            new Episode(world, "episode " + i, mix.root(), null).run();
        }

        assertThat(world.violations().count()).isZero();
        assertThat(world.totals().groups.sum()).isGreaterThanOrEqualTo(100);
        new MeterCheck(world, List.of()).check();
        assertThat(world.violations().count()).isZero();
    }

    @Test
    void a_task_above_the_limit_is_told() throws InterruptedException {
        Ledger ledger = Ledger.ofLongLived(world, "above", Place.CALLER_RUNS, 0, null);
        try (var group = world.groups().open("above")) {
            ledger.opened(group);
            ledger.go(turn -> {}, TaskKind.COMPUTE);
            group.await();
        }

        assertThat(world.violations().count()).isEqualTo(1);
    }

    @Test
    void a_count_that_does_not_add_up_is_told() {
        Plan plan = plan(TaskKind.COMPUTE);
        Ledger ledger = Ledger.of(world, "counts", plan);
        try (var group = world.groups().open("counts")) {
            ledger.opened(group);
            ledger.submitted.incrementAndGet(); // and nothing was
        }
        new Verdict(world, plan, ledger, null).give(true, null, null, null, null, false, false);

        assertThat(world.violations().count()).isPositive();
    }

    @Test
    void a_failure_that_is_not_the_first_in_time_is_told() {
        Ledger ledger = Ledger.of(world, "order", plan(TaskKind.FAIL));
        Planted.Failure first = new Planted.Failure(ledger);
        ledger.failureRecorded();
        Planted.Failure second = new Planted.Failure(ledger);

        assertThat(ledger.mayBeFirst(first)).isTrue();
        assertThat(ledger.mayBeFirst(second)).isFalse();
        assertThat(ledger.mayBeFirst(new Planted.Failure(Ledger.of(world, "other", plan(TaskKind.FAIL)))))
                .isFalse();
    }

    @Test
    void meters_that_do_not_tell_what_happened_are_told() {
        world.totals().succeeded.increment();

        new MeterCheck(world, List.of()).check();

        assertThat(world.violations().count()).isEqualTo(1);
    }

    @Test
    void a_lost_slot_is_counted() throws InterruptedException {
        Ledger ledger = Ledger.ofLongLived(world, "slots", Place.AUTOMATIC, 3, null);
        try (var group =
                world.groups().open("slots", options -> options.limit(2).cancelOnError(false))) {
            ledger.opened(group);

            assertThat(SlotProbe.fill(ledger, 3, false)).isEqualTo(2);
            group.await();
            assertThat(SlotProbe.fill(ledger, 2, true)).isEqualTo(2);
            group.await();
        }
        assertThat(world.violations().count()).isZero();
    }

    @Test
    void a_load_that_is_not_the_mix_is_told() {
        assertThat(new Shares(world.totals()).lacking())
                .anyMatch(lack -> lack.startsWith("nested groups 0.0 %"))
                .anyMatch(lack -> lack.startsWith("task NEST"));
    }

    private static Plan plan(TaskKind kind) {
        return new Plan(
                Form.OPEN,
                Verb.GO,
                Ending.AWAIT,
                Place.AUTOMATIC,
                -1,
                -1,
                null,
                true,
                Plan.Outcomes.PLAIN,
                true,
                null,
                false,
                List.of(new TaskPlan(kind, 1, null)),
                -1,
                -1,
                Plan.Loop.WHOLE,
                null);
    }
}
