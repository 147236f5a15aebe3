package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import io.github.errgroup.spring.NamedGroupListeners;
import io.github.errgroup.spring.autoconfigure.ErrGroupAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupMetricsAutoConfiguration;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.UserConfigurations;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The meters of applications that use one MeterRegistry, one after the other or at the same time. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class MeterLifetimeTest {
    /** The timer for stragglers does not hold a cancelled group for longer than a moment. */
    private static final String SOON = "errgroup.straggler-grace=1ms";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** An application with a registry that is not its own, so that it does not close it. */
    private static ConfigurableApplicationContext start(MeterRegistry registry, String... properties) {
        return start(registry, new Class<?>[0], properties);
    }

    private static ConfigurableApplicationContext start(
            MeterRegistry registry, Class<?>[] further, String... properties) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(properties).applyTo(context);
        context.getBeanFactory().registerSingleton("meterRegistry", registry);
        context.register(Configurations.getClasses(
                UserConfigurations.of(further),
                AutoConfigurations.of(ErrGroupAutoConfiguration.class, ErrGroupMetricsAutoConfiguration.class)));
        context.refresh();
        return context;
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private static List<String> ours(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("errgroup"))
                .toList();
    }

    /** A group with one running task, until it is closed. */
    private static ErrGroup busy(ConfigurableApplicationContext context, String name) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        ErrGroup group = context.getBean(ErrGroups.class).open(name);
        group.go(() -> {
            running.countDown();
            new CountDownLatch(1).await();
        });
        running.await();
        return group;
    }

    private int groupsOpen(String name) {
        return registry.get("errgroup.group.active")
                .tag("group", name)
                .longTaskTimer()
                .activeTasks();
    }

    private static void end(ErrGroup group) {
        group.cancel();
        group.close();
    }

    private static void fail(ConfigurableApplicationContext context, Exception failure) {
        fail(context.getBean(ErrGroups.class).open("quote"), failure);
    }

    private static void fail(ErrGroup opened, Exception failure) {
        try (ErrGroup group = opened) {
            group.go(() -> {
                throw failure;
            });
            assertThat(catchThrowable(group::await)).hasCause(failure);
        }
    }

    @Nested
    class One_after_the_other {
        @Test
        void the_second_application_sees_its_own_values() throws InterruptedException {
            start(registry, "errgroup.groups.quote.limit=3").close();

            try (ConfigurableApplicationContext second = start(registry, "errgroup.groups.quote.limit=7")) {
                ErrGroup group = busy(second, "quote");

                assertThat(gauge("errgroup.task.active", "group", "quote")).isOne();
                assertThat(groupsOpen("quote")).isOne();
                assertThat(gauge("errgroup.limit", "group", "quote", "scope", "group"))
                        .isEqualTo(7);
                end(group);
            }
        }

        @Test
        void the_first_leaves_no_meter_of_its_own_and_all_others() {
            Counter others = registry.counter("others");
            Counter ofTheSameId = registry.counter("errgroup.task.skipped", "group", "quote");

            ConfigurableApplicationContext first = start(registry, "errgroup.groups.quote.limit=3");
            fail(first, new IOException("counted by its name when it comes"));
            first.close();

            assertThat(registry.getMeters()).containsExactlyInAnyOrder(others, ofTheSameId);
        }

        @Test
        void the_first_is_collected_while_the_registry_is_used() {
            WeakReference<Object> first = runAndForget();

            await().atMost(Duration.ofSeconds(40)).until(() -> {
                System.gc();
                return first.get() == null;
            });
            assertThat(ours(registry)).isEmpty();
        }

        private WeakReference<Object> runAndForget() {
            try (ConfigurableApplicationContext first = start(registry, "errgroup.groups.quote.limit=3", SOON)) {
                fail(first, new IOException("supplier down"));
                return new WeakReference<>(first);
            }
        }

        @Test
        void the_second_scrapes_each_series_once() {
            PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            start(prometheus, "errgroup.groups.quote.limit=3").close();
            assertThat(prometheus.scrape()).doesNotContain("errgroup");

            try (ConfigurableApplicationContext second = start(prometheus, "errgroup.groups.quote.limit=7")) {
                assertThat(second.isActive()).isTrue();
                assertThat(prometheus.scrape().lines())
                        .filteredOn(line -> line.startsWith("errgroup_limit{") && line.contains("quote"))
                        .containsExactlyInAnyOrder(
                                "errgroup_limit{group=\"quote\",scope=\"group\"} 7.0",
                                "errgroup_limit{group=\"quote\",scope=\"shared\"} NaN");
            }
        }

        @Test
        void a_composite_and_its_parts_are_left_as_they_were() {
            CompositeMeterRegistry composite = new CompositeMeterRegistry();
            composite.add(registry);
            ConfigurableApplicationContext first = start(composite, "errgroup.groups.quote.limit=3");
            assertThat(gauge("errgroup.limit", "group", "quote", "scope", "group"))
                    .isEqualTo(3);

            first.close();

            assertThat(composite.getMeters()).isEmpty();
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void a_registry_that_was_closed_first_is_left_all_the_same() {
            ConfigurableApplicationContext first = start(registry);
            registry.close();
            first.close();

            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void nothing_is_registered_after_the_end() {
            ConfigurableApplicationContext first = start(registry, "errgroup.groups.quote.limit=3");
            ErrGroups groups = first.getBean(ErrGroups.class);
            ErrGroup known = groups.open("quote");
            List<GroupListener.Factory> meters = known.options().listeners().stream()
                    .filter(GroupMeters.class::isInstance)
                    .toList();
            known.close();
            first.close();

            groups.open("opened for the first time").close();
            assertThat(meters).hasSize(1);
            fail(
                    ErrGroup.open(ErrGroupOptions.builder().listeners(meters).build()),
                    new IOException("not counted before"));

            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void a_second_one_in_a_closed_registry_says_that_it_counts_nowhere(CapturedOutput output) {
            registry.close();
            start(registry).close();

            assertThat(output).containsOnlyOnce("is closed, perhaps together with an application that used it before");
        }
    }

    @Nested
    class At_the_same_time {
        @Test
        void both_are_counted_and_what_one_leaves_behind_is_the_others(CapturedOutput output)
                throws InterruptedException {
            ConfigurableApplicationContext first =
                    start(registry, "errgroup.groups.quote.limit=3", "errgroup.groups.quote.shared-limit=30");
            ConfigurableApplicationContext second =
                    start(registry, "errgroup.groups.quote.limit=7", "errgroup.groups.quote.shared-limit=40");
            ErrGroup ofTheFirst = busy(first, "quote");
            ErrGroup ofTheSecond = busy(second, "quote");

            assertThat(gauge("errgroup.task.active", "group", "quote")).isEqualTo(2);
            assertThat(groupsOpen("quote")).isEqualTo(2);
            assertThat(gauge("errgroup.limit", "group", "quote", "scope", "group"))
                    .isEqualTo(7);
            assertThat(gauge("errgroup.limit", "group", "quote", "scope", "shared"))
                    .isEqualTo(70);

            end(ofTheFirst);
            first.close();

            assertThat(gauge("errgroup.task.active", "group", "quote")).isOne();
            assertThat(gauge("errgroup.limit", "group", "quote", "scope", "shared"))
                    .isEqualTo(40);

            end(ofTheSecond);
            assertThat(registry.get("errgroup.group")
                            .tags("group", "quote", "outcome", "cancelled")
                            .timer()
                            .count())
                    .isEqualTo(2);
            second.close();
            assertThat(registry.getMeters()).isEmpty();
            assertThat(output).doesNotContain("WARN");
        }

        @Test
        void a_group_that_the_first_leaves_open_is_counted_no_more() throws InterruptedException {
            try (ConfigurableApplicationContext second = start(registry)) {
                ConfigurableApplicationContext first = start(registry, "errgroup.shutdown.grace-period=1ms");
                ErrGroup leftOpen = first.getBean(ErrGroups.class).open();
                assertThat(second.getBean(ErrGroups.class).live()).isEmpty();
                assertThat(groupsOpen("default")).isOne();

                first.close();

                assertThat(groupsOpen("default")).isZero();
                leftOpen.close();
                assertThat(groupsOpen("default")).isZero();
            }
        }

        @Test
        void the_first_is_right_when_the_second_has_gone() throws InterruptedException {
            try (ConfigurableApplicationContext first = start(registry, "errgroup.groups.quote.limit=3")) {
                start(registry, "errgroup.groups.quote.limit=-1", "errgroup.groups.stock.limit=1")
                        .close();
                ErrGroup group = busy(first, "quote");
                fail(first, new IOException("supplier down"));

                assertThat(gauge("errgroup.task.active", "group", "quote")).isOne();
                assertThat(gauge("errgroup.limit", "group", "quote", "scope", "group"))
                        .isEqualTo(3);
                assertThat(registry.get("errgroup.task.failures")
                                .tags("group", "quote", "exception", "IOException")
                                .counter()
                                .count())
                        .isOne();
                assertThat(registry.find("errgroup.limit").tag("group", "stock").meters())
                        .isEmpty();
                end(group);
            }
        }

        @Test
        void the_limit_of_two_is_none_where_one_has_none() {
            try (ConfigurableApplicationContext first = start(registry, "errgroup.groups.quote.limit=3");
                    ConfigurableApplicationContext second = start(registry, "errgroup.groups.quote.limit=-1")) {
                assertThat(List.of(first, second)).allMatch(ConfigurableApplicationContext::isActive);
                assertThat(gauge("errgroup.limit", "group", "quote", "scope", "group"))
                        .isNaN();
            }
        }

        @Test
        void the_first_is_collected_while_the_second_runs() {
            List<WeakReference<Object>> first = new ArrayList<>();
            try (ConfigurableApplicationContext second = startAfter(first)) {
                await().atMost(Duration.ofSeconds(40)).until(() -> {
                    System.gc();
                    return first.get(0).get() == null;
                });
                assertThat(second.isActive()).isTrue();
                assertThat(ours(registry)).isNotEmpty();
            }
        }

        private ConfigurableApplicationContext startAfter(List<WeakReference<Object>> closed) {
            ConfigurableApplicationContext first = start(registry, "errgroup.groups.quote.limit=3", SOON);
            ConfigurableApplicationContext second = start(registry, "errgroup.groups.quote.limit=7");
            fail(first, new IOException("supplier down"));
            first.close();
            closed.add(new WeakReference<>(first));
            return second;
        }

        @Test
        void a_registry_that_was_cleared_has_the_meters_of_who_comes_next_and_keeps_them() {
            ConfigurableApplicationContext first = start(registry, "errgroup.groups.quote.limit=3");
            registry.clear();
            try (ConfigurableApplicationContext second = start(registry, "errgroup.groups.quote.limit=7")) {
                first.close();
                fail(second, new IOException("supplier down"));

                assertThat(gauge("errgroup.limit", "group", "quote", "scope", "group"))
                        .isEqualTo(7);
                assertThat(registry.get("errgroup.group")
                                .tags("group", "quote", "outcome", "failure")
                                .timer()
                                .count())
                        .isOne();
            }
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void a_gauge_that_someone_else_had_registered_is_told_and_left(CapturedOutput output) {
            Gauge others = Gauge.builder("errgroup.task.active", () -> 42)
                    .tag("group", "quote")
                    .register(registry);

            start(registry, "errgroup.groups.quote.limit=3").close();

            assertThat(output)
                    .containsOnlyOnce(
                            "Group 'quote': the gauges [errgroup.task.active] were in the MeterRegistry before");
            assertThat(registry.getMeters()).containsExactly(others);
        }

        @Test
        void the_meters_of_an_application_that_uses_a_part_of_the_registry_are_told_and_left(CapturedOutput output) {
            try (ConfigurableApplicationContext first = start(registry)) {
                CompositeMeterRegistry composite = new CompositeMeterRegistry();
                composite.add(registry);
                List<Meter> before = registry.getMeters();

                start(composite).close();

                assertThat(first.isActive()).isTrue();
                assertThat(output).containsOnlyOnce("Group 'default': the gauges [errgroup.limit, ");
                assertThat(registry.getMeters()).containsExactlyInAnyOrderElementsOf(before);
            }
        }

        @Test
        void names_that_a_filter_makes_one_are_added_up() throws InterruptedException {
            registry.config().meterFilter(MeterFilter.ignoreTags("group"));
            try (ConfigurableApplicationContext only = start(registry, "errgroup.groups.quote.limit=3")) {
                ErrGroup quote = busy(only, "quote");
                ErrGroup other = busy(only, "other");

                assertThat(gauge("errgroup.task.active")).isEqualTo(2);
                end(quote);
                end(other);
            }
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Nested
    class An_application_that_fails_to_start {
        @Test
        void leaves_nothing_though_meters_were_registered() {
            assertThat(catchThrowable(() -> start(registry, new Class<?>[] {FailsAfterTheMeters.class})))
                    .hasMessage("listeners");
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void leaves_nothing_though_its_last_bean_failed() {
            assertThat(catchThrowable(() -> start(registry, new Class<?>[] {FailsAtTheEnd.class})))
                    .hasRootCauseMessage("lifecycle");
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void leaves_nothing_though_its_registry_failed_at_the_tenth_meter() {
            AtomicInteger meters = new AtomicInteger();
            registry.config().meterFilter(MeterFilter.deny(id -> {
                if (meters.incrementAndGet() == 10) {
                    throw new IllegalStateException("full");
                }
                return false;
            }));

            assertThat(catchThrowable(() -> start(registry))).hasMessage("full");
            assertThat(meters).hasValue(10);
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FailsAfterTheMeters {
        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        NamedGroupListeners failing() {
            return (name, settings) -> {
                throw new IllegalStateException("listeners");
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FailsAtTheEnd {
        @Bean
        SmartLifecycle failing(MeterRegistry meters) {
            return new SmartLifecycle() {
                @Override
                public void start() {
                    assertThat(ours(meters)).isNotEmpty();
                    throw new IllegalStateException("lifecycle");
                }

                @Override
                public void stop() {}

                @Override
                public boolean isRunning() {
                    return false;
                }
            };
        }
    }
}
