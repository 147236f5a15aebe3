package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.ErrGroupSettings;
import io.github.errgroup.spring.GroupProperties;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

class ErrGroupPropertiesTest {
    private final ApplicationContextRunner runner = Contexts.wired();

    private static ErrGroupOptions optionsOf(ApplicationContext context, String name) {
        try (ErrGroup group = context.getBean(ErrGroups.class).open(name)) {
            return group.options();
        }
    }

    private static Thread threadOf(ApplicationContext context, String name) throws InterruptedException {
        try (ErrGroup group = context.getBean(ErrGroups.class).open(name)) {
            Subtask<Thread> task = group.go(Thread::currentThread);
            group.await();
            return task.get();
        }
    }

    @Nested
    class Defaults {
        @Test
        void are_those_of_the_contract() {
            runner.run(context -> {
                ErrGroupOptions options = optionsOf(context, "quote");
                assertThat(options.limit())
                        .isEqualTo(TaskThreads.virtualThreadsSupported() ? ErrGroupOptions.NO_LIMIT : 256);
                assertThat(options.sharedLimit().limit()).isEqualTo(ErrGroupOptions.NO_LIMIT);
                assertThat(options.timeout()).isNull();
                assertThat(options.taskTimeout()).isNull();
                assertThat(options.limitWait()).isNull();
                assertThat(options.cancelOnError()).isTrue();
                assertThat(options.interruptOnCancel()).isTrue();
                assertThat(options.reuseThreads())
                        .isEqualTo(TaskThreads.virtualThreadsSupported() ? null : Boolean.FALSE);
                assertThat(options.starvationTimeout()).hasMillis(200);
                assertThat(options.stragglerGrace()).hasSeconds(5);
                assertThat(options.captureOpener()).isFalse();
            });
        }

        @Test
        void the_prefix_names_the_threads() {
            runner.withPropertyValues("errgroup.groups.quote.executor.thread-name-prefix=fan-")
                    .run(context -> {
                        assertThat(threadOf(context, "other").getName()).startsWith("errgroup-other");
                        assertThat(threadOf(context, "quote").getName()).startsWith("fan-quote");
                    });
        }
    }

    @Nested
    class Inheritance {
        @Test
        void a_group_takes_unset_values_from_the_top_level() {
            runner.withPropertyValues(
                            "errgroup.limit=4",
                            "errgroup.shared-limit=40",
                            "errgroup.timeout=4s",
                            "errgroup.task-timeout=14s",
                            "errgroup.limit-wait=0",
                            "errgroup.cancel-on-error=false",
                            "errgroup.interrupt-on-cancel=false",
                            "errgroup.straggler-grace=44s",
                            "errgroup.executor.reuse-threads=false",
                            "errgroup.executor.starvation-timeout=444ms",
                            "errgroup.groups.quote.limit=5")
                    .run(context -> {
                        ErrGroupOptions options = optionsOf(context, "quote");
                        assertThat(options.limit()).isEqualTo(5);
                        assertThat(options.sharedLimit().limit()).isEqualTo(40);
                        assertThat(options.timeout()).hasSeconds(4);
                        assertThat(options.taskTimeout()).hasSeconds(14);
                        assertThat(options.limitWait()).isZero();
                        assertThat(options.cancelOnError()).isFalse();
                        assertThat(options.interruptOnCancel()).isFalse();
                        assertThat(options.stragglerGrace()).hasSeconds(44);
                        assertThat(options.reuseThreads()).isFalse();
                        assertThat(options.starvationTimeout()).hasMillis(444);
                    });
        }

        @Test
        void a_group_sets_each_value_for_itself() {
            runner.withPropertyValues(
                            "errgroup.limit=4",
                            "errgroup.shared-limit=40",
                            "errgroup.timeout=4s",
                            "errgroup.task-timeout=14s",
                            "errgroup.limit-wait=40ms",
                            "errgroup.executor.reuse-threads=false",
                            "errgroup.groups.quote.limit=-1",
                            "errgroup.groups.quote.shared-limit=-1",
                            "errgroup.groups.quote.timeout=-1s",
                            "errgroup.groups.quote.task-timeout=-1s",
                            "errgroup.groups.quote.limit-wait=-1s",
                            "errgroup.groups.quote.cancel-on-error=false",
                            "errgroup.groups.quote.interrupt-on-cancel=false",
                            "errgroup.groups.quote.straggler-grace=55s",
                            "errgroup.groups.quote.executor.reuse-threads=true",
                            "errgroup.groups.quote.executor.starvation-timeout=555ms")
                    .run(context -> {
                        ErrGroupOptions options = optionsOf(context, "quote");
                        assertThat(options.limit()).isEqualTo(-1);
                        assertThat(options.sharedLimit().limit()).isEqualTo(-1);
                        assertThat(options.timeout()).isNull();
                        assertThat(options.taskTimeout()).isNull();
                        assertThat(options.limitWait()).isNull();
                        assertThat(options.cancelOnError()).isFalse();
                        assertThat(options.interruptOnCancel()).isFalse();
                        assertThat(options.stragglerGrace()).hasSeconds(55);
                        assertThat(options.reuseThreads()).isTrue();
                        assertThat(options.starvationTimeout()).hasMillis(555);
                        ErrGroupOptions other = optionsOf(context, "other");
                        assertThat(other.limit()).isEqualTo(4);
                        assertThat(other.limitWait()).hasMillis(40);
                        assertThat(other.cancelOnError()).isTrue();
                    });
        }

        @Test
        void N9_a_group_tolerates_what_is_set_for_it_or_for_all() {
            runner.withPropertyValues("errgroup.tolerate=2", "errgroup.groups.quote.tolerate=3")
                    .run(context -> {
                        assertThat(optionsOf(context, "quote").tolerate()).isEqualTo(3);
                        assertThat(optionsOf(context, "other").tolerate()).isEqualTo(2);
                    });
        }

        @Test
        void N9_tolerate_that_breaks_its_rule_stops_the_start() {
            runner.withPropertyValues("errgroup.groups.quote.tolerate=-1")
                    .run(context -> assertThat(context.getStartupFailure())
                            .rootCause()
                            .hasMessageContainingAll("errgroup.groups.quote.tolerate", "must be 0 or more"));
            runner.withPropertyValues("errgroup.tolerate=2", "errgroup.cancel-on-error=false")
                    .run(context -> assertThat(context.getStartupFailure())
                            .rootCause()
                            .hasMessageContainingAll(
                                    "errgroup.tolerate", "must be 0, since errgroup.cancel-on-error is false"));
        }

        @Test
        void N9_tolerate_and_cancel_on_error_of_two_levels_that_do_not_go_together_name_the_group() {
            runner.withPropertyValues("errgroup.tolerate=2", "errgroup.groups.quote.cancel-on-error=false")
                    .run(context -> assertThat(context.getStartupFailure())
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContainingAll(
                                    "errgroup.tolerate with value '2'",
                                    "must be 0 for group 'quote', since errgroup.groups.quote.cancel-on-error is false:"
                                            + " set errgroup.groups.quote.tolerate to 0"));
            runner.withPropertyValues("errgroup.cancel-on-error=false", "errgroup.groups.quote.tolerate=2")
                    .run(context -> assertThat(context.getStartupFailure())
                            .rootCause()
                            .hasMessageContainingAll(
                                    "errgroup.groups.quote.tolerate with value '2'",
                                    "must be 0 for group 'quote', since errgroup.cancel-on-error is false"));
            runner.withPropertyValues(
                            "errgroup.tolerate=2",
                            "errgroup.groups.quote.cancel-on-error=false",
                            "errgroup.groups.quote.tolerate=0")
                    .run(context -> assertThat(context).hasNotFailed());
        }

        @Test
        void a_groups_type_wins_over_an_inherited_bean() {
            runner.withUserConfiguration(Executors.class)
                    .withPropertyValues(
                            "errgroup.executor.bean=inline",
                            "errgroup.groups.quote.executor.type=platform",
                            "errgroup.groups.stock.limit=3")
                    .run(context -> {
                        assertThat(threadOf(context, "quote")).isNotSameAs(Thread.currentThread());
                        assertThat(threadOf(context, "stock")).isSameAs(Thread.currentThread());
                        assertThat(settings(context, "quote").executor()).isEqualTo("platform");
                        assertThat(settings(context, "stock").executor()).isEqualTo("bean inline");
                    });
        }
    }

    @Test
    void every_setting_of_a_group_is_shown_under_the_key_of_its_property() {
        Stream<String> keys = Stream.concat(
                        keysOf(GroupProperties.class),
                        keysOf(GroupProperties.Executor.class).map(key -> "executor." + key))
                .filter(key -> !Set.of("executor.type", "executor.bean", "executor.thread-name-prefix")
                        .contains(key)) // told together, as the executor
                .filter(key -> !key.equals("cluster-limit")); // no setting of a group: shown beside them
        runner.run(context -> assertThat(settings(context, "default").values().keySet())
                .containsExactlyInAnyOrderElementsOf(keys.toList()));
    }

    private static Stream<String> keysOf(Class<?> properties) {
        return Stream.of(properties.getRecordComponents())
                .map(component -> DataObjectPropertyName.toDashedForm(component.getName()));
    }

    private static ErrGroupSettings settings(ApplicationContext context, String name) {
        return context.getBean(ErrGroupRegistry.class).settings(name);
    }

    @Nested
    class Precedence {
        @Test
        void override_then_code_then_group_then_top_level_then_built_in() {
            runner.withPropertyValues(
                            "errgroup.limit=4",
                            "errgroup.timeout=4s",
                            "errgroup.groups.quote.limit=5",
                            "errgroup.executor.type=platform")
                    .run(context -> {
                        ErrGroups groups = context.getBean(ErrGroups.class);
                        ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                        assertThat(registry.settings("quote").options().limit()).isEqualTo(5);
                        try (ErrGroup group = groups.open("quote", o -> o.limit(6))) {
                            assertThat(group.limit()).isEqualTo(6);
                            registry.override("quote", 7, null, null, null);
                            assertThat(group.limit()).isEqualTo(7);
                            registry.dropOverride("quote");
                            assertThat(group.limit()).isEqualTo(6);
                        }
                        try (ErrGroup group = groups.open("other")) {
                            assertThat(group.limit()).isEqualTo(4);
                        }
                    });
        }

        @Test
        void unset_is_256_on_platform_threads_and_none_where_they_are_virtual() {
            runner.withPropertyValues("errgroup.executor.type=platform")
                    .run(context ->
                            assertThat(optionsOf(context, "quote").limit()).isEqualTo(256));
        }

        /** 50 tasks, one after the other: with reuse they share a few threads, and what one leaves in a ThreadLocal. */
        @Test
        void the_256_which_nobody_chose_reuse_no_thread() {
            runner.withPropertyValues("errgroup.executor.type=platform").run(context -> {
                assertThat(threadsOf50Tasks(context, options -> {})).hasSize(50);
                assertThat(settings(context, "quote").options().reuseThreads()).isFalse();
                ErrGroup template = context.getBean(ErrGroup.class);
                try (ErrGroup group = template.fresh()) {
                    assertThat(group.options().reuseThreads()).isFalse();
                }
            });
        }

        @Test
        void reuse_that_is_asked_for_holds_with_the_limit_that_nobody_chose() {
            runner.withPropertyValues("errgroup.executor.type=platform", "errgroup.executor.reuse-threads=true")
                    .run(context ->
                            assertThat(threadsOf50Tasks(context, options -> {})).hasSizeLessThan(50));
        }

        @Test
        void a_limit_that_is_chosen_reuses_threads_wherever_it_is_chosen() {
            runner.withPropertyValues("errgroup.executor.type=platform").run(context -> {
                assertThat(threadsOf50Tasks(context, options -> options.limit(8)))
                        .as("by code")
                        .hasSizeLessThan(50);
                assertThat(threadsOf50Tasks(context, options -> options.reuseThreads(true)))
                        .as("reuse by code")
                        .hasSizeLessThan(50);
            });
            runner.withPropertyValues("errgroup.executor.type=platform", "errgroup.groups.quote.limit=256")
                    .run(context -> assertThat(threadsOf50Tasks(context, options -> {}))
                            .as("by property")
                            .hasSizeLessThan(50));
            runner.withPropertyValues("errgroup.executor.type=platform")
                    .withBean(ErrGroupCustomizer.class, () -> (name, options) -> options.limit(8))
                    .run(context -> assertThat(threadsOf50Tasks(context, options -> {}))
                            .as("by a customizer")
                            .hasSizeLessThan(50));
        }

        private static Set<Thread> threadsOf50Tasks(
                ApplicationContext context, Consumer<ErrGroupOptions.Builder> changes) throws InterruptedException {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            try (ErrGroup group = context.getBean(ErrGroups.class).open("quote", changes)) {
                for (int i = 0; i < 50; i++) {
                    CountDownLatch ended = new CountDownLatch(1);
                    group.go(() -> {
                        threads.add(Thread.currentThread());
                        ended.countDown();
                    });
                    ended.await();
                }
                group.await();
            }
            return threads;
        }

        @Test
        @ExtendWith(OutputCaptureExtension.class)
        void the_256_are_logged_once(CapturedOutput output) {
            runner.withPropertyValues(
                            "errgroup.executor.type=platform",
                            "errgroup.groups.a.timeout=1s",
                            "errgroup.groups.b.timeout=1s")
                    .run(context -> {
                        optionsOf(context, "c");
                        assertThat(output.getOut().split("run at most 256 tasks at once", -1))
                                .hasSize(2);
                    });
        }

        @Test
        @ExtendWith(OutputCaptureExtension.class)
        void a_limit_that_is_set_is_not_logged(CapturedOutput output) {
            runner.withPropertyValues("errgroup.executor.type=platform", "errgroup.limit=-1")
                    .run(context -> {
                        assertThat(optionsOf(context, "quote").limit()).isEqualTo(-1);
                        assertThat(output).doesNotContain("tasks at once");
                    });
        }
    }

    @Nested
    class Threads {
        @Test
        @EnabledForJreRange(min = JRE.JAVA_21)
        void auto_is_virtual_where_the_jvm_has_them() {
            runner.run(context -> {
                assertThat(settings(context, "default").executor()).isEqualTo("virtual");
                assertThat(threadOf(context, "quote").isDaemon()).isTrue();
                assertThat(threadOf(context, "quote").getClass().getName()).contains("VirtualThread");
            });
        }

        @Test
        @EnabledForJreRange(min = JRE.JAVA_21)
        void auto_is_platform_where_boot_is_told_not_to_use_virtual_threads() {
            runner.withPropertyValues("spring.threads.virtual.enabled=false")
                    .run(context ->
                            assertThat(settings(context, "default").executor()).isEqualTo("platform"));
        }

        @Test
        @EnabledForJreRange(max = JRE.JAVA_20)
        void auto_is_platform_below_21() {
            runner.withPropertyValues("spring.threads.virtual.enabled=true")
                    .run(context ->
                            assertThat(settings(context, "default").executor()).isEqualTo("platform"));
        }

        @Test
        @EnabledForJreRange(max = JRE.JAVA_20)
        void virtual_asked_for_below_21_stops_the_start() {
            runner.withPropertyValues("errgroup.executor.type=virtual")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("errgroup.executor.type")
                            .hasMessageContaining("virtual threads need Java 21"));
        }

        @Test
        void application_is_boots_executor() {
            runner.withPropertyValues("errgroup.executor.type=application")
                    .run(context ->
                            assertThat(threadOf(context, "quote").getName()).startsWith("task-"));
        }

        @Test
        @EnabledForJreRange(min = JRE.JAVA_21)
        void application_has_no_limit_on_boots_virtual_threads() {
            runner.withPropertyValues("errgroup.executor.type=application", "spring.threads.virtual.enabled=true")
                    .run(context ->
                            assertThat(optionsOf(context, "quote").limit()).isEqualTo(-1));
        }

        @Test
        void application_without_boots_executor_stops_the_start_and_names_the_candidates() {
            runner.withUserConfiguration(Executors.class)
                    .withPropertyValues("errgroup.groups.quote.executor.type=application")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContaining("errgroup.groups.quote.executor.type")
                            .hasMessageContaining("applicationTaskExecutor")
                            .hasMessageContaining("[inline]"));
        }

        @Test
        void a_bean_wins_over_the_type() {
            runner.withUserConfiguration(Executors.class)
                    .withPropertyValues("errgroup.executor.type=platform", "errgroup.executor.bean=inline")
                    .run(context -> assertThat(threadOf(context, "quote")).isSameAs(Thread.currentThread()));
        }

        @Test
        void an_unknown_bean_stops_the_start_and_the_candidates_are_named() {
            runner.withUserConfiguration(Executors.class)
                    .withPropertyValues("errgroup.executor.bean=inlime")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContaining("errgroup.executor.bean")
                            .hasMessageContaining("'inlime'")
                            .hasMessageContaining("[inline]"));
        }

        @Test
        @ExtendWith(OutputCaptureExtension.class)
        void a_throttled_simple_async_task_executor_is_warned_of(CapturedOutput output) {
            SimpleAsyncTaskExecutor throttled = new SimpleAsyncTaskExecutor();
            throttled.setConcurrencyLimit(3);
            runner.withBean("throttled", Executor.class, () -> throttled)
                    .withPropertyValues("errgroup.executor.bean=throttled", "errgroup.groups.quote.limit=2")
                    .run(context -> assertThat(output.getOut().split("'throttled' .*is throttled", -1))
                            .hasSize(2));
        }

        @Test
        @ExtendWith(OutputCaptureExtension.class)
        void a_discarding_pool_is_warned_of(CapturedOutput output) {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(1),
                    new ThreadPoolExecutor.DiscardOldestPolicy());
            runner.withBean("dropping", ThreadPoolExecutor.class, () -> pool)
                    .withPropertyValues("errgroup.executor.bean=dropping")
                    .run(context -> assertThat(output).contains("'dropping'").contains("DiscardOldestPolicy"));
        }

        @Test
        @ExtendWith(OutputCaptureExtension.class)
        void an_executor_without_fault_is_not_warned_of(CapturedOutput output) {
            runner.withUserConfiguration(Executors.class)
                    .withPropertyValues("errgroup.executor.bean=inline")
                    .run(context -> assertThat(output).doesNotContain("WARN"));
        }
    }

    @Nested
    class Bad_values {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                errgroup.limit | 0 | must be above 0, or -1 for no limit
                errgroup.limit | -2 | must be above 0, or -1 for no limit
                errgroup.shared-limit | 0 | must be above 0, or -1 for no limit
                errgroup.timeout | 0s | must be above zero
                errgroup.timeout | -2s | -1s for no timeout
                errgroup.task-timeout | 0s | must be above zero
                errgroup.groups.quote.task-timeout | -2s | -1s for no timeout
                errgroup.limit-wait | -2s | -1s for as long as it takes
                errgroup.limit-wait | 26688d | at most 26687 days
                errgroup.groups.quote.limit-wait | -2s | must be 0s or more
                errgroup.straggler-grace | 0s | must be above zero
                errgroup.straggler-grace | -1s | must be above zero
                errgroup.executor.starvation-timeout | 0ms | must be above zero
                errgroup.shutdown.grace-period | 0s | must be above zero
                errgroup.leak.threshold | 0s | must be above zero
                errgroup.leak.threshold | -2s | -1s for no report
                errgroup.leak.threshold | 26688d | at most 26687 days
                errgroup.timeout | 26688d | at most 26687 days
                errgroup.groups.quote.limit | 0 | must be above 0, or -1 for no limit
                errgroup.groups.quote.shared-limit | -5 | must be above 0, or -1 for no limit
                errgroup.groups.quote.timeout | 0s | must be above zero
                errgroup.groups.quote.straggler-grace | 0s | must be above zero
                errgroup.groups.quote.executor.starvation-timeout | 0s | must be above zero
                errgroup.groups.quote.executor.bean | nobody | there is no Executor bean of that name
                errgroup.groups.default.limit | 3 | the name is taken
                """)
        void stop_the_start_with_property_value_and_rule(String property, String value, String rule) {
            runner.withPropertyValues(property + "=" + value)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContaining(
                                    property.startsWith("errgroup.groups.default") ? "errgroup.groups" : property)
                            .hasMessageContaining(rule));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "errgroup.timeout",
                    "errgroup.straggler-grace",
                    "errgroup.executor.starvation-timeout",
                    "errgroup.shutdown.grace-period",
                    "errgroup.leak.threshold",
                    "errgroup.groups.quote.timeout",
                    "errgroup.groups.quote.straggler-grace",
                    "errgroup.groups.quote.executor.starvation-timeout"
                })
        void of_durations_begin_where_the_cores_do(String property) {
            Duration longest = ErrGroupOptions.MAX_DURATION;
            runner.withPropertyValues(property + "=" + longest).run(context -> {
                assertThat(context).hasNotFailed();
                try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                    group.await();
                }
            });
            runner.withPropertyValues(property + "=" + longest.plusNanos(1))
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContaining("must be above zero and at most 26687 days"));
        }

        @ParameterizedTest
        @CsvSource({
            "errgroup.limit,0,false",
            "errgroup.limit,0,true",
            "errgroup.groups.quote.timeout,0s,false",
            "errgroup.executor.bean,nobody,false",
            "errgroup.timeout,soon,false"
        })
        @ExtendWith(OutputCaptureExtension.class)
        void are_reported_with_property_value_and_origin(
                String property, String value, boolean lazy, CapturedOutput output) {
            SpringApplication application = new SpringApplication(Application.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            application.setLazyInitialization(lazy);
            assertThat(startFails(application, "--" + property + "=" + value)).isTrue();
            assertThat(output)
                    .contains("APPLICATION FAILED TO START")
                    .contains(property)
                    .contains(value)
                    .contains("from property source \"commandLineArgs\"");
        }

        private boolean startFails(SpringApplication application, String argument) {
            try {
                application.run(argument).close();
                return false;
            } catch (RuntimeException expected) {
                return true;
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ErrGroupAutoConfiguration.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class Executors {
        @Bean
        Executor inline() {
            return Runnable::run;
        }
    }
}
