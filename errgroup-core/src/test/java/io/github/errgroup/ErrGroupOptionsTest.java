package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every setting can be changed alone, and whoever gives a wrong value or a null hears of it at once. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ErrGroupOptionsTest {
    private static final ErrGroupOptions DEFAULTS = ErrGroupOptions.defaults();
    private static final GroupListener LISTENER = new GroupListener() {};
    private static final SharedLimit SHARED_LIMIT = new SharedLimit(3);
    private static final ContextPropagator PROPAGATOR = () -> () -> () -> {};
    private static final Predicate<Throwable> PREDICATE = failure -> true;
    private static final TaskThreads THREADS = TaskThreads.platform("mine-");
    private static final Runnable GUARD = () -> {};
    private static final GroupClock CLOCK = new GroupClock() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public GroupContext.Registration schedule(Duration delay, Runnable action) {
            return () -> {};
        }
    };

    /** A change through a wither, the component that it is about, and the value that the component then has. */
    record Change(String component, @Nullable Object expected, UnaryOperator<ErrGroupOptions> wither) {}

    static List<Change> changes() {
        return List.of(
                new Change("name", "quote", o -> o.name("quote")),
                new Change("limit", 8, o -> o.limit(8)),
                new Change("sharedLimit", SHARED_LIMIT, o -> o.sharedLimit(SHARED_LIMIT)),
                new Change("timeout", Duration.ofSeconds(2), o -> o.timeout(Duration.ofSeconds(2))),
                new Change("cancelOnError", false, o -> o.cancelOnError(false)),
                new Change("interruptOnCancel", false, o -> o.interruptOnCancel(false)),
                new Change("threads", THREADS, o -> o.threads(THREADS)),
                new Change("reuseThreads", true, o -> o.reuseThreads(true)),
                new Change("starvationTimeout", Duration.ofMillis(5), o -> o.starvationTimeout(Duration.ofMillis(5))),
                new Change("stragglerGrace", Duration.ofSeconds(5), o -> o.stragglerGrace(Duration.ofSeconds(5))),
                new Change("contextPropagator", PROPAGATOR, o -> o.contextPropagator(PROPAGATOR)),
                new Change("cancellationWhen", PREDICATE, o -> o.cancellationWhen(PREDICATE)),
                new Change("waitGuard", GUARD, o -> o.waitGuard(GUARD)),
                new Change("captureOpener", true, o -> o.captureOpener(true)),
                new Change("listeners", List.of(LISTENER), o -> o.listeners(List.of(LISTENER))),
                new Change("clock", CLOCK, o -> o.clock(CLOCK)));
    }

    @Nested
    class Withers {
        @ParameterizedTest
        @MethodSource("io.github.errgroup.ErrGroupOptionsTest#changes")
        void change_their_value_and_no_other(Change change) {
            Map<String, @Nullable Object> expected = valuesOf(DEFAULTS);
            assertThat(expected.get(change.component())).isNotEqualTo(change.expected());
            expected.put(change.component(), change.expected());

            assertThat(valuesOf(change.wither().apply(DEFAULTS))).isEqualTo(expected);
        }

        @Test
        void keep_what_the_others_changed() {
            ErrGroupOptions all = DEFAULTS;
            for (Change change : changes()) {
                all = change.wither().apply(all);
            }

            Map<String, @Nullable Object> values = valuesOf(all);
            for (Change change : changes()) {
                assertThat(values).containsEntry(change.component(), change.expected());
            }
        }

        @Test
        void exist_for_every_component() {
            assertThat(changes())
                    .extracting(Change::component)
                    .containsExactlyInAnyOrderElementsOf(valuesOf(DEFAULTS).keySet());
        }

        @Test
        void take_back_what_may_be_absent() {
            ErrGroupOptions options = DEFAULTS.sharedLimit(SHARED_LIMIT)
                    .timeout(Duration.ofSeconds(1))
                    .stragglerGrace(Duration.ofSeconds(1))
                    .contextPropagator(PROPAGATOR)
                    .sharedLimit(null)
                    .timeout(null)
                    .stragglerGrace(null)
                    .contextPropagator(null);

            assertThat(options).isEqualTo(DEFAULTS);
        }

        @Test
        void add_listeners_in_order_and_keep_no_hold_on_the_caller_s_list() {
            GroupListener second = new GroupListener() {};
            List<GroupListener> mine = new ArrayList<>(List.of(LISTENER));
            ErrGroupOptions options = DEFAULTS.listeners(mine).listener(second);
            mine.clear();

            assertThat(options.listeners()).containsExactly(LISTENER, second);
            assertThat(DEFAULTS.listeners()).isEmpty();
        }

        @Test
        void give_a_handed_in_executor_and_a_thread_factory_as_places_for_tasks() throws InterruptedException {
            List<String> places = new ArrayList<>();
            Executor inTheCaller = task -> {
                places.add("executor");
                task.run();
            };
            ThreadFactory factory = task -> {
                places.add("factory");
                return new Thread(task);
            };

            ErrGroup.call(DEFAULTS.executor(inTheCaller), group -> group.go(() -> "done"));
            ErrGroup.call(DEFAULTS.threadFactory(factory), group -> group.go(() -> "done"));

            assertThat(places).containsExactly("executor", "factory");
        }

        @Test
        void take_every_negative_limit_for_none() {
            assertThat(DEFAULTS.limit(-5).limit())
                    .isEqualTo(ErrGroupOptions.NO_LIMIT)
                    .isEqualTo(-1);
            assertThat(DEFAULTS.limit(0).limit()).isZero();
        }
    }

    @Nested
    class Defaults {
        @Test
        void are_go_s_group_with_a_context() {
            assertThat(DEFAULTS.limit()).isEqualTo(ErrGroupOptions.NO_LIMIT);
            assertThat(DEFAULTS.cancelOnError()).isTrue();
            assertThat(DEFAULTS.interruptOnCancel()).isTrue();
            assertThat(DEFAULTS.timeout()).isNull();
            assertThat(DEFAULTS.starvationTimeout()).isEqualTo(Duration.ofMillis(200));
            assertThat(DEFAULTS.listeners()).isEmpty();
        }
    }

    @Nested
    class Values {
        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\t"})
        void a_blank_name_is_refused(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DEFAULTS.name(name))
                    .withMessage("name '" + name + "': must not be blank");
        }

        @TestFactory
        Stream<DynamicTest> a_duration_must_be_above_zero_and_must_fit() {
            Map<String, DurationWither> withers = new LinkedHashMap<>();
            withers.put("timeout", ErrGroupOptions::timeout);
            withers.put("starvationTimeout", ErrGroupOptions::starvationTimeout);
            withers.put("stragglerGrace", ErrGroupOptions::stragglerGrace);
            return withers.entrySet().stream()
                    .flatMap(wither -> Stream.of(
                                    Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))
                            .map(value -> DynamicTest.dynamicTest(
                                    wither.getKey() + " " + value,
                                    () -> assertThatIllegalArgumentException()
                                            .isThrownBy(() -> wither.getValue().set(DEFAULTS, value))
                                            .withMessageStartingWith(
                                                    wither.getKey() + " " + value + ": must be above zero"))));
        }

        @Test
        void the_smallest_duration_and_the_largest_are_accepted() {
            Duration largest = ErrGroupOptions.MAX_DURATION;

            assertThat(DEFAULTS.timeout(Duration.ofNanos(1)).timeout()).isEqualTo(Duration.ofNanos(1));
            assertThat(DEFAULTS.timeout(largest).timeout()).isEqualTo(largest);
            assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.timeout(largest.plusNanos(1)));
        }
    }

    @Nested
    class Nulls {
        @TestFactory
        Stream<DynamicTest> are_refused_by_name() {
            return refused(List.of(
                    new Use("name", () -> DEFAULTS.name(null)),
                    new Use("threads", () -> DEFAULTS.threads(null)),
                    new Use("starvationTimeout", () -> DEFAULTS.starvationTimeout(null)),
                    new Use("cancellationWhen", () -> DEFAULTS.cancellationWhen(null)),
                    new Use("clock", () -> DEFAULTS.clock(null)),
                    new Use("listener", () -> DEFAULTS.listener(null)),
                    new Use("executor", () -> DEFAULTS.executor(null)),
                    new Use("factory", () -> DEFAULTS.threadFactory(null)),
                    new Use("namePrefix", () -> TaskThreads.platform(null)),
                    new Use("options", () -> ErrGroup.open(o -> null)),
                    new Use("options", () -> ErrGroup.lazy(null, () -> {})),
                    new Use("settings", () -> ErrGroups.of(null)),
                    new Use("name", () -> ErrGroups.of(DEFAULTS).open(null)),
                    new Use("name", () -> ErrGroups.of(DEFAULTS).open(null, o -> o)),
                    new Use("name", () -> ErrGroups.of(DEFAULTS).forEach(null, List.of(1), item -> {})),
                    new Use("changes", () -> ErrGroups.of(DEFAULTS).open("quote", null))));
        }

        @Test
        void are_refused_among_the_listeners() {
            assertThatNullPointerException().isThrownBy(() -> DEFAULTS.listeners(null));
            assertThatNullPointerException().isThrownBy(() -> DEFAULTS.listeners(Arrays.asList(LISTENER, null)));
        }
    }

    /** What a caller does wrong with a group is told to that caller, and to nobody else. */
    @Nested
    class AGroup {
        @TestFactory
        Stream<DynamicTest> refuses_a_null_at_once_and_is_unharmed() {
            ErrGroup group = ErrGroup.open(o -> o.name("unharmed").limit(1));
            Callable<String> noValue = null;
            ThrowingRunnable noTask = null;
            return Stream.concat(
                    refused(List.of(
                            new Use("task", () -> group.go(noValue)),
                            new Use("task", () -> group.go(noTask)),
                            new Use("task", () -> group.go("named", noValue)),
                            new Use("task", () -> group.go("named", noTask)),
                            new Use("task", () -> group.tryGo(noValue)),
                            new Use("task", () -> group.tryGo(noTask)),
                            new Use("task", () -> group.tryGo("named", noValue)),
                            new Use("task", () -> group.tryGo("named", noTask)),
                            new Use("name", () -> group.go(null, () -> "value")),
                            new Use("name", () -> group.go(null, () -> {})),
                            new Use("name", () -> group.tryGo(null, () -> "value")),
                            new Use("name", () -> group.tryGo(null, () -> {})),
                            new Use("action", () -> group.forEach(List.of(1), null)),
                            new Use("action", () -> group.forEach(Stream.of(1), null)),
                            new Use("function", () -> group.map(List.of(1), null)),
                            new Use("function", () -> group.map(Stream.of(1), null)),
                            new Use("type", () -> group.await(null)),
                            new Use("cause", () -> group.cancel(null)))),
                    Stream.of(DynamicTest.dynamicTest("the group is unharmed", () -> assertUnharmed(group))));
        }

        @Test
        void refuses_a_timeout_that_is_not_above_zero_and_is_unharmed() throws InterruptedException {
            ErrGroup group = ErrGroup.open(o -> o.name("unharmed").limit(1));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> group.setTimeout(Duration.ofSeconds(-1)))
                    .withMessageStartingWith("timeout PT-1S: must be above zero");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> group.setTimeout(Duration.ZERO))
                    .withMessageStartingWith("timeout PT0S: must be above zero");

            assertUnharmed(group);
        }

        @TestFactory
        Stream<DynamicTest> that_is_closed_refuses_every_task_at_once() {
            ErrGroup group = ErrGroup.open(o -> o.name("closed"));
            group.close();
            List<Named<ThrowingCallable>> uses = List.of(
                    Named.of("go with a value", () -> group.go(() -> "value")),
                    Named.of("go", () -> group.go(() -> {})),
                    Named.of("go with a name", () -> group.go("named", () -> {})),
                    Named.of("tryGo", () -> group.tryGo(() -> {})),
                    Named.of("tryGo with a name", () -> group.tryGo("named", () -> "value")),
                    Named.of("forEach", () -> group.forEach(List.of(1), item -> {})),
                    Named.of("map", () -> group.map(Stream.of(1), item -> item)));
            return uses.stream()
                    .map(use -> DynamicTest.dynamicTest(
                            use.getName(),
                            () -> assertThatIllegalStateException()
                                    .isThrownBy(use.getPayload())
                                    .withMessageContainingAll("closed", "fresh()")));
        }

        @Test
        void that_is_closed_may_be_closed_and_cancelled_again() {
            ErrGroup group = ErrGroup.open();
            group.close();

            group.close();
            group.cancel();

            assertThat(group.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.CLOSED);
        }

        @Test
        void that_is_closed_repeats_its_answer() throws InterruptedException {
            IOException failure = new IOException("down");
            ErrGroup group = ErrGroup.open();
            group.go(() -> {
                throw failure;
            });
            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
            group.close();

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(group::await)
                    .withCause(failure);
        }

        private static void assertUnharmed(ErrGroup group) throws InterruptedException {
            assertThat(group.snapshot().submitted()).isZero();
            assertThat(group.context().isCancelled()).isFalse();
            Subtask<String> next = group.go(() -> "as if nothing had been");
            group.await();
            group.close();
            assertThat(next.get()).isEqualTo("as if nothing had been");
        }
    }

    /** A use that must be refused, and the value at fault. */
    record Use(String value, ThrowingCallable call) {}

    /** A wither of a duration. */
    interface DurationWither {
        ErrGroupOptions set(ErrGroupOptions options, Duration value);
    }

    /** Each use must throw a NullPointerException that names the value. */
    private static Stream<DynamicTest> refused(List<Use> uses) {
        return uses.stream()
                .map(use -> DynamicTest.dynamicTest(
                        use.value(),
                        () -> assertThatNullPointerException()
                                .isThrownBy(use.call())
                                .withMessage(use.value())));
    }

    private static Map<String, @Nullable Object> valuesOf(ErrGroupOptions options) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (RecordComponent component : ErrGroupOptions.class.getRecordComponents()) {
            try {
                values.put(component.getName(), component.getAccessor().invoke(options));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return values;
    }
}
