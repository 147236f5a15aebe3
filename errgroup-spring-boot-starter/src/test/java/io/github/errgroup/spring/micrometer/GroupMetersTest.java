package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class GroupMetersTest {
    private final ManualClock clock = new ManualClock();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new Clock() {
        @Override
        public long wallTime() {
            return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
        }

        @Override
        public long monotonicTime() {
            return clock.nanoTime();
        }
    });

    private final AtomicInteger limit = new AtomicInteger(ErrGroupOptions.NO_LIMIT);

    private final AtomicInteger sharedLimit = new AtomicInteger(ErrGroupOptions.NO_LIMIT);

    private final ErrGroupOptions options = ErrGroupOptions.builder()
            .name("quote")
            .listener(new GroupMeters(new MeterLease(registry), "quote", limit::get, sharedLimit::get))
            .build();

    @Nested
    class Before_the_first_group {
        @ParameterizedTest
        @MethodSource("io.github.errgroup.spring.micrometer.ErrGroupMeter#ofEveryName")
        void the_meter_is_registered_with_its_type_its_tags_and_a_description(ErrGroupMeter documented) {
            assertThat(registry.find(documented.getName()).meters())
                    .isNotEmpty()
                    .allSatisfy(meter -> {
                        assertThat(meter.getId().getType()).isEqualTo(documented.getType());
                        assertThat(meter.getId().getDescription()).isEqualTo(documented.description());
                        assertThat(meter.getId().getTags())
                                .extracting(Tag::getKey)
                                .containsExactlyInAnyOrder(Arrays.stream(documented.getKeyNames())
                                        .map(KeyName::asString)
                                        .toArray(String[]::new));
                        assertThat(meter.getId().getTag("group")).isEqualTo("quote");
                    });
        }

        @Test
        void nothing_else_is_registered() {
            List<String> documented = ErrGroupMeter.ofEveryName().stream()
                    .map(ErrGroupMeter::getName)
                    .toList();

            assertThat(registry.getMeters())
                    .extracting(Meter::getId)
                    .extracting(Meter.Id::getName)
                    .hasSameElementsAs(documented);
        }

        @Test
        void each_tag_value_shows_at_zero() {
            assertThat(tagValues(ErrGroupMeter.TASK, "outcome"))
                    .containsExactlyInAnyOrder("success", "failure", "cancelled");
            assertThat(tagValues(ErrGroupMeter.TASK_FAILURES, "exception")).containsExactly("none");
            assertThat(tagValues(ErrGroupMeter.CANCELLATIONS, "reason"))
                    .containsExactlyInAnyOrder(
                            "failure", "timeout", "explicit", "interrupted", "parent", "closed", "shutdown", "enough");
            assertThat(tagValues(ErrGroupMeter.GROUP, "outcome"))
                    .containsExactlyInAnyOrder("success", "failure", "cancelled", "timeout");
            assertThat(tagValues(ErrGroupMeter.LIMIT, "scope")).containsExactlyInAnyOrder("group", "shared");
            assertThat(counter(ErrGroupMeter.TASK_FAILURES, "exception", "none"))
                    .isZero();
            assertOpen(0, 0, 0);
        }

        @Test
        void a_limit_is_read_at_each_scrape_and_none_is_not_a_number() {
            assertThat(gauge(ErrGroupMeter.LIMIT, "scope", "group")).isNaN();
            assertThat(gauge(ErrGroupMeter.LIMIT, "scope", "shared")).isNaN();

            limit.set(8);
            sharedLimit.set(32);

            assertThat(gauge(ErrGroupMeter.LIMIT, "scope", "group")).isEqualTo(8);
            assertThat(gauge(ErrGroupMeter.LIMIT, "scope", "shared")).isEqualTo(32);
        }
    }

    @Nested
    class A_task {
        @Test
        void that_returns_is_timed_as_success() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(options)) {
                group.go(() -> 1);
                group.go(() -> 2);
                group.await();
            }

            assertThat(timer(ErrGroupMeter.TASK, "outcome", "success")).isEqualTo(2);
            assertThat(timer(ErrGroupMeter.TASK, "outcome", "failure")).isZero();
            assertThat(timer(ErrGroupMeter.GROUP, "outcome", "success")).isOne();
            assertThat(gauge(ErrGroupMeter.TASK_ACTIVE)).isZero();
        }

        @Test
        void that_throws_is_timed_as_failure_and_counted_by_exception() {
            try (ErrGroup group = ErrGroup.open(options)) {
                group.go(() -> {
                    throw new IOException("supplier down");
                });
                assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
            }

            assertThat(timer(ErrGroupMeter.TASK, "outcome", "failure")).isOne();
            assertThat(counter(ErrGroupMeter.TASK_FAILURES, "exception", "IOException"))
                    .isOne();
            assertThat(counter(ErrGroupMeter.TASK_FAILURES, "exception", "none"))
                    .isZero();
            assertThat(counter(ErrGroupMeter.CANCELLATIONS, "reason", "failure"))
                    .isOne();
            assertThat(timer(ErrGroupMeter.CANCELLATION_LATENCY)).isOne();
            assertThat(timer(ErrGroupMeter.GROUP, "outcome", "failure")).isOne();
        }

        @Test
        void that_is_cancelled_is_timed_as_cancelled_and_is_no_failure() throws InterruptedException {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(options)) {
                group.go(() -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                });
                running.await();
                group.cancel();
                assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
            }

            assertThat(timer(ErrGroupMeter.TASK, "outcome", "cancelled")).isOne();
            assertThat(tagValues(ErrGroupMeter.TASK_FAILURES, "exception")).containsExactly("none");
            assertThat(counter(ErrGroupMeter.CANCELLATIONS, "reason", "explicit"))
                    .isOne();
            assertThat(timer(ErrGroupMeter.CANCELLATION_LATENCY)).isOne();
            assertThat(timer(ErrGroupMeter.GROUP, "outcome", "cancelled")).isOne();
        }

        @Test
        void N9_that_lost_is_counted_as_cancelled_and_its_group_as_a_success() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(options.toBuilder().enough(1).build())) {
                group.go(() -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                });
                running.await();
                group.go(() -> "good");
                group.await();
            }

            assertThat(timer(ErrGroupMeter.TASK, "outcome", "cancelled")).isOne();
            assertThat(timer(ErrGroupMeter.TASK, "outcome", "success")).isOne();
            assertThat(counter(ErrGroupMeter.CANCELLATIONS, "reason", "enough")).isOne();
            assertThat(timer(ErrGroupMeter.GROUP, "outcome", "success")).isOne();
        }

        @Test
        void that_never_starts_is_counted_as_skipped_and_not_timed() {
            try (ErrGroup group = ErrGroup.open(options)) {
                group.cancel();
                group.go(() -> 1);
            }

            assertThat(counter(ErrGroupMeter.TASK_SKIPPED)).isOne();
            assertThat(timer(ErrGroupMeter.TASK)).isZero();
        }

        @Test
        void that_is_rejected_is_counted_as_rejected_and_as_failure_and_not_timed() {
            ErrGroupOptions rejecting = options.toBuilder()
                    .executor(task -> {
                        throw new RejectedExecutionException("full");
                    })
                    .build();
            try (ErrGroup group = ErrGroup.open(rejecting)) {
                group.go(() -> 1);
                assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
            }

            assertThat(counter(ErrGroupMeter.TASK_REJECTED)).isOne();
            assertThat(counter(ErrGroupMeter.TASK_FAILURES, "exception", "RejectedExecutionException"))
                    .isOne();
            assertThat(timer(ErrGroupMeter.TASK)).isZero();
            assertThat(gauge(ErrGroupMeter.TASK_ACTIVE)).isZero();
        }

        @Test
        void that_its_executor_drops_is_counted_as_compensated() throws InterruptedException {
            ErrGroupOptions dropping = options.toBuilder()
                    .executor(task -> {})
                    .starvationTimeout(Duration.ofMillis(20))
                    .build();
            try (ErrGroup group = ErrGroup.open(dropping)) {
                group.go(() -> 1);
                group.await();
            }

            assertThat(counter(ErrGroupMeter.TASK_COMPENSATED)).isOne();
            assertThat(timer(ErrGroupMeter.TASK, "outcome", "success")).isOne();
        }

        @Test
        void is_active_while_it_runs() throws InterruptedException {
            CountDownLatch running = new CountDownLatch(2);
            CountDownLatch end = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(options)) {
                for (int i = 0; i < 2; i++) {
                    group.go(() -> {
                        running.countDown();
                        end.await();
                    });
                }
                running.await();

                assertThat(gauge(ErrGroupMeter.TASK_ACTIVE)).isEqualTo(2);

                end.countDown();
                group.await();
            }

            assertThat(gauge(ErrGroupMeter.TASK_ACTIVE)).isZero();
        }

        @Test
        void that_outlives_the_grace_is_a_straggler_until_it_ends() throws InterruptedException {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            ErrGroupOptions graceful = options.toBuilder()
                    .clock(clock)
                    .stragglerGrace(Duration.ofSeconds(5))
                    .build();
            try (ErrGroup group = ErrGroup.open(graceful)) {
                try {
                    group.go(() -> {
                        running.countDown();
                        awaitWhateverHappens(end);
                    });
                    running.await();
                    group.cancel();
                    assertThat(gauge(ErrGroupMeter.TASK_STRAGGLERS)).isZero();

                    clock.advance(Duration.ofSeconds(6));

                    await().until(() -> gauge(ErrGroupMeter.TASK_STRAGGLERS) == 1);
                    end.countDown();
                    // It returned in the end, so the group succeeded, or was cancelled: no matter here.
                    awaitGroup(group);
                } finally {
                    end.countDown(); // else the close waits for ever where an assertion fails
                }
            }

            assertThat(gauge(ErrGroupMeter.TASK_STRAGGLERS)).isZero();
        }
    }

    @Nested
    class A_group {
        @Test
        void is_active_and_ages_until_it_ends() throws InterruptedException {
            try (ErrGroup older = ErrGroup.open(options.toBuilder().clock(clock).build())) {
                clock.advance(Duration.ofSeconds(3));
                try (ErrGroup younger =
                        ErrGroup.open(options.toBuilder().clock(clock).build())) {
                    clock.advance(Duration.ofSeconds(4));

                    assertOpen(2, 7, 11);

                    older.await();

                    assertOpen(1, 4, 4);
                    younger.await();
                }
            }

            assertOpen(0, 0, 0);
            assertThat(registry.get(ErrGroupMeter.GROUP.getName())
                            .tag("outcome", "success")
                            .timer()
                            .totalTime(TimeUnit.SECONDS))
                    .isEqualTo(11);
        }

        @Test
        void past_its_deadline_counts_as_timeout() throws InterruptedException {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(options.toBuilder()
                    .clock(clock)
                    .timeout(Duration.ofSeconds(2))
                    .build())) {
                group.go(() -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                });
                running.await();
                clock.advance(Duration.ofSeconds(2));
                assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
            }

            assertThat(counter(ErrGroupMeter.CANCELLATIONS, "reason", "timeout"))
                    .isOne();
            assertThat(timer(ErrGroupMeter.GROUP, "outcome", "timeout")).isOne();
        }

        @Test
        void that_ends_well_counts_as_no_cancellation() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(options)) {
                group.go(() -> 1);
                group.await();
            }

            assertThat(registry.find(ErrGroupMeter.CANCELLATIONS.getName()).counters())
                    .allSatisfy(counter -> assertThat(counter.count()).isZero());
            assertThat(timer(ErrGroupMeter.CANCELLATION_LATENCY)).isZero();
        }

        @Test
        void that_is_full_times_the_caller_that_waits_for_it() throws InterruptedException {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(options.toBuilder().limit(1).build())) {
                group.go(() -> {
                    running.countDown();
                    end.await();
                });
                running.await();
                Thread producer = new Thread(() -> group.go(() -> 2));
                producer.start();
                await().until(() -> producer.getState() == Thread.State.WAITING
                        || producer.getState() == Thread.State.TIMED_WAITING);
                assertThat(timer(ErrGroupMeter.LIMIT_WAIT)).isZero();

                end.countDown();
                producer.join();
                group.await();
            }

            assertThat(timer(ErrGroupMeter.LIMIT_WAIT)).isOne();
        }

        @Test
        void submits_the_sum_of_tasks_timed_skipped_and_rejected() {
            AtomicInteger executed = new AtomicInteger();
            ErrGroupOptions everySecondRejected = options.toBuilder()
                    .cancelOnError(false)
                    .executor(task -> {
                        if (executed.incrementAndGet() % 2 == 0) {
                            throw new RejectedExecutionException("full");
                        }
                        task.run();
                    })
                    .build();
            try (ErrGroup group = ErrGroup.open(everySecondRejected)) {
                for (int i = 0; i < 10; i++) {
                    group.go(() -> 1);
                }
                group.cancel();
                group.go(() -> 1);
            } catch (ErrGroupException expected) {
                // The rejected ones are failures; here only the counts matter.
            }

            assertThat(timer(ErrGroupMeter.TASK)).isEqualTo(5);
            assertThat(counter(ErrGroupMeter.TASK_REJECTED)).isEqualTo(5);
            assertThat(counter(ErrGroupMeter.TASK_SKIPPED)).isOne();
        }
    }

    @Test
    void a_second_name_has_meters_of_its_own() throws InterruptedException {
        ErrGroupOptions stock = ErrGroupOptions.builder()
                .name("stock")
                .listener(new GroupMeters(new MeterLease(registry), "stock", () -> 1, () -> 2))
                .build();
        try (ErrGroup group = ErrGroup.open(stock)) {
            group.go(() -> 1);
            group.await();
        }

        assertThat(registry.get("errgroup.task")
                        .tags("group", "stock", "outcome", "success")
                        .timer()
                        .count())
                .isOne();
        assertThat(registry.get("errgroup.task")
                        .tags("group", "quote", "outcome", "success")
                        .timer()
                        .count())
                .isZero();
    }

    /** One group for each reason, with a task that fails because of it: outcome and cancellations tell what was thrown. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ENOUGH") // for which nothing is thrown
    void what_is_thrown_is_what_is_counted(CancelReason reason) throws Exception {
        Throwable thrown = thrownWhenCancelledBy(reason);

        String outcome = switch (reason) {
            case FAILURE -> "failure";
            case TIMEOUT -> "timeout";
            default -> "cancelled";
        };
        assertThat(thrown)
                .isInstanceOf(
                        switch (reason) {
                            case INTERRUPTED -> InterruptedException.class;
                            case PARENT -> ParentCancelledException.class;
                            case CLOSED -> IllegalStateException.class;
                            default -> ErrGroupException.class;
                        });
        if (thrown instanceof ErrGroupException told) {
            assertThat(told.reason()).isEqualTo(reason);
        }
        assertThat(thrown.getSuppressed()).hasSize(1);
        for (String other : tagValues(ErrGroupMeter.GROUP, "outcome")) {
            assertThat(timer(ErrGroupMeter.GROUP, "outcome", other)).as(other).isEqualTo(other.equals(outcome) ? 1 : 0);
        }
        for (CancelReason other : CancelReason.values()) {
            assertThat(counter(ErrGroupMeter.CANCELLATIONS, "reason", TagValues.of(other)))
                    .as("%s", other)
                    .isEqualTo(other == reason ? 1 : 0);
        }
    }

    private Throwable thrownWhenCancelledBy(CancelReason reason) throws Exception {
        if (reason != CancelReason.PARENT) {
            return thrownWhenCancelledBy(reason, () -> {});
        }
        try (ErrGroup parent = ErrGroup.open()) {
            Subtask<Throwable> below = parent.go(() -> thrownWhenCancelledBy(reason, parent::cancel));
            parent.await(); // every task succeeded
            return below.get();
        }
    }

    private Throwable thrownWhenCancelledBy(CancelReason reason, Runnable cancelParent) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        ErrGroup group = ErrGroup.open(
                options.toBuilder().clock(clock).timeout(Duration.ofSeconds(2)).build());
        group.context().addCancellationHook(cancelled::countDown);
        group.go(() -> {
            running.countDown();
            awaitWhateverHappens(cancelled);
            throw new IllegalStateException("because of it");
        });
        running.await();
        switch (reason) {
            case FAILURE ->
                group.go(() -> {
                    throw new IOException("supplier down");
                });
            case TIMEOUT -> clock.advance(Duration.ofSeconds(2));
            case INTERRUPTED -> Thread.currentThread().interrupt();
            case PARENT -> cancelParent.run();
            case SHUTDOWN -> FrameworkAccess.cancelForShutdown(group);
            case CLOSED -> {
                return catchThrowable(group::close);
            }
            default -> group.cancel();
        }
        Throwable thrown = catchThrowable(group::await);
        group.close();
        return thrown;
    }

    private List<String> tagValues(ErrGroupMeter meter, String key) {
        return registry.find(meter.getName()).meters().stream()
                .map(registered -> registered.getId().getTag(key))
                .toList();
    }

    private double counter(ErrGroupMeter meter, String... tags) {
        return registry.get(meter.getName()).tags(tags).counter().count();
    }

    /** Over all tags that are not given. */
    private long timer(ErrGroupMeter meter, String... tags) {
        return registry.get(meter.getName()).tags(tags).timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }

    private void assertOpen(int groups, double oldestSeconds, double togetherSeconds) {
        LongTaskTimer open = registry.get(ErrGroupMeter.GROUP_ACTIVE.getName()).longTaskTimer();
        assertThat(open.activeTasks()).isEqualTo(groups);
        assertThat(open.max(TimeUnit.SECONDS)).isEqualTo(oldestSeconds);
        assertThat(open.duration(TimeUnit.SECONDS)).isEqualTo(togetherSeconds);
    }

    private double gauge(ErrGroupMeter meter, String... tags) {
        return registry.get(meter.getName()).tags(tags).gauge().value();
    }

    private static void awaitWhateverHappens(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException ignored) {
                // What a straggler does: it goes on.
            }
        }
    }

    private static void awaitGroup(ErrGroup group) throws InterruptedException {
        try {
            group.await();
        } catch (ErrGroupException ignored) {
            // Only the meters matter here.
        }
    }
}
