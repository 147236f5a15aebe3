package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.spring.autoconfigure.ErrGroupAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupMetricsAutoConfiguration;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopCounter;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** J10: a MeterRegistry that throws at whatever it is told costs numbers, and no group anything. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThrowingRegistryTest {

    /** Its meters throw; and once it is shut, so does the registration of further ones. */
    private static final class ThrowingRegistry extends SimpleMeterRegistry {
        private final AtomicInteger thrown = new AtomicInteger();

        private final boolean anError;

        private volatile boolean shut;

        ThrowingRegistry(boolean anError) {
            this.anError = anError;
        }

        private void fail() {
            thrown.incrementAndGet();
            if (anError) {
                throw new LinkageError("registry");
            }
            throw new IllegalStateException("registry");
        }

        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig statistics, PauseDetector pauses) {
            return new NoopTimer(id) {
                @Override
                public void record(long amount, TimeUnit unit) {
                    fail();
                }
            };
        }

        @Override
        protected Counter newCounter(Meter.Id id) {
            if (shut) {
                fail();
            }
            return new NoopCounter(id) {
                @Override
                public void increment(double amount) {
                    fail();
                }
            };
        }
    }

    private static ErrGroupOptions options(MeterRegistry registry) {
        return ErrGroupOptions.builder()
                .name("quote")
                .listener(new GroupMeters(new MeterLease(registry), "quote", () -> 1, () -> ErrGroupOptions.NO_LIMIT))
                .build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void J10_a_group_that_succeeds_does_so_and_every_slot_is_given_back(boolean anError) throws Exception {
        ThrowingRegistry registry = new ThrowingRegistry(anError);
        try (ErrGroup group =
                ErrGroup.open(options(registry).toBuilder().limit(1).build())) {
            for (int i = 0; i < 10; i++) {
                group.go(() -> "x");
            }
            group.await();
            assertThat(group.snapshot().succeeded()).isEqualTo(10);
        }
        assertThat(registry.thrown.get()).isGreaterThanOrEqualTo(11); // each task, and the group
    }

    /** Two of its exceptions are counted for the first time when the registry takes no more counters. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void J10_G1_a_group_that_fails_says_its_failure_and_cancels_the_others(boolean anError) throws Exception {
        ThrowingRegistry registry = new ThrowingRegistry(anError);
        ErrGroupOptions options = options(registry);
        registry.shut = true;
        CountDownLatch running = new CountDownLatch(1);
        UnsupportedOperationException broken = new UnsupportedOperationException("the failure");
        try (ErrGroup group = ErrGroup.open(options)) {
            Subtask<?> sibling = group.go(() -> {
                running.countDown();
                new CountDownLatch(1).await();
            });
            running.await();
            group.go(() -> {
                throw broken;
            });
            assertThat(catchThrowable(group::await))
                    .isInstanceOf(ErrGroupException.class)
                    .hasCause(broken)
                    .hasNoSuppressedExceptions();
            assertThat(sibling.state()).isEqualTo(State.CANCELLED);
            assertThat(broken.getSuppressed()).isEmpty();
        }
        assertThat(registry.thrown.get()).isPositive();
    }

    @Test
    void J10_the_groups_of_an_application_work_with_it() {
        ThrowingRegistry registry = new ThrowingRegistry(false);
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(ErrGroupAutoConfiguration.class, ErrGroupMetricsAutoConfiguration.class))
                .withBean("meterRegistry", MeterRegistry.class, () -> registry)
                .run(context -> {
                    String value = context.getBean(ErrGroups.class)
                            .call("quote", group -> group.go(() -> "x"))
                            .get();
                    assertThat(value).isEqualTo("x");
                    assertThat(registry.thrown.get()).isPositive();
                });
    }
}
