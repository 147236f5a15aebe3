package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every setting can be changed alone, and whoever gives a wrong value or a null hears of it at once. */
class ErrGroupOptionsTest {
    private static final ErrGroupOptions DEFAULTS = ErrGroupOptions.defaults();
    private static final GroupListener.Factory LISTENER = group -> null;
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
        public Registration schedule(Duration delay, Runnable action) {
            return () -> {};
        }
    };

    /** A change through the builder, the option that it is about, and the value that the option then has. */
    record Change(String option, @Nullable Object expected, Consumer<ErrGroupOptions.Builder> setter) {}

    static List<Change> changes() {
        return List.of(
                new Change("name", "quote", o -> o.name("quote")),
                new Change("limit", 8, o -> o.limit(8)),
                new Change("sharedLimit", SHARED_LIMIT, o -> o.sharedLimit(SHARED_LIMIT)),
                new Change("timeout", Duration.ofSeconds(2), o -> o.timeout(Duration.ofSeconds(2))),
                new Change("taskTimeout", Duration.ofSeconds(2), o -> o.taskTimeout(Duration.ofSeconds(2))),
                new Change("limitWait", Duration.ZERO, o -> o.limitWait(Duration.ZERO)),
                new Change("cancelOnError", false, o -> o.cancelOnError(false)),
                new Change("tolerate", 3, o -> o.tolerate(3)),
                new Change("enough", 2, o -> o.enough(2)),
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

    private static ErrGroupOptions changed(Consumer<ErrGroupOptions.Builder> changes) {
        ErrGroupOptions.Builder builder = ErrGroupOptions.builder();
        changes.accept(builder);
        return builder.build();
    }

    @Nested
    class Setters {
        @ParameterizedTest
        @MethodSource("io.github.errgroup.ErrGroupOptionsTest#changes")
        void change_their_value_and_no_other(Change change) {
            Map<String, @Nullable Object> expected = valuesOf(DEFAULTS);
            assertThat(expected.get(change.option())).isNotEqualTo(change.expected());
            expected.put(change.option(), change.expected());

            assertThat(valuesOf(changed(change.setter()))).isEqualTo(expected);
        }

        @Test
        void count_though_what_they_return_is_thrown_away() {
            ErrGroup group = ErrGroup.open(o -> {
                o.limit(1);
                o.name("x");
            });

            assertThat(group.limit()).isOne();
            assertThat(group.name()).isEqualTo("x");
            group.close();
        }

        @Test
        void exist_for_every_option() {
            assertThat(changes())
                    .extracting(Change::option)
                    .containsExactlyInAnyOrderElementsOf(valuesOf(DEFAULTS).keySet());
        }

        @Test
        void take_back_what_may_be_absent() {
            ErrGroupOptions options = changed(o -> o.sharedLimit(SHARED_LIMIT)
                    .timeout(Duration.ofSeconds(1))
                    .stragglerGrace(Duration.ofSeconds(1))
                    .contextPropagator(PROPAGATOR)
                    .sharedLimit(null)
                    .timeout(null)
                    .stragglerGrace(null)
                    .contextPropagator(null));

            assertThat(options).isEqualTo(DEFAULTS);
        }

        @Test
        void add_listeners_in_order_and_keep_no_hold_on_the_caller_s_list() {
            GroupListener.Factory second = group -> null;
            List<GroupListener.Factory> mine = new ArrayList<>(List.of(LISTENER));
            ErrGroupOptions options = changed(o -> o.listeners(mine).listener(second));
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

            ErrGroup.call(o -> o.executor(inTheCaller), group -> group.go(() -> "done"));
            ErrGroup.call(o -> o.threadFactory(factory), group -> group.go(() -> "done"));

            assertThat(places).containsExactly("executor", "factory");
        }

        @Test
        void take_every_negative_limit_for_none() {
            assertThat(changed(o -> o.limit(-5)).limit())
                    .isEqualTo(ErrGroupOptions.NO_LIMIT)
                    .isEqualTo(-1);
            assertThat(changed(o -> o.limit(0)).limit()).isZero();
        }
    }

    @Nested
    class A_builder {
        @Test
        void of_options_begins_with_their_values_and_changes_nothing_in_them() {
            List<Change> changes = changes().stream()
                    .filter(change ->
                            !change.option().equals("cancelOnError")) // which goes with neither tolerate nor enough
                    .toList();
            ErrGroupOptions all =
                    changed(o -> changes.forEach(change -> change.setter().accept(o)));

            ErrGroupOptions copy = all.toBuilder().build();
            ErrGroupOptions other = all.toBuilder().name("other").build();

            assertThat(copy).isEqualTo(all);
            assertThat(other.name()).isEqualTo("other");
            Map<String, @Nullable Object> values = valuesOf(all);
            for (Change change : changes) {
                assertThat(values).containsEntry(change.option(), change.expected());
            }
        }

        @Test
        void may_go_on_without_changing_what_it_has_built() {
            ErrGroupOptions.Builder builder = ErrGroupOptions.builder().limit(1);
            ErrGroupOptions first = builder.build();
            builder.limit(2);

            assertThat(first.limit()).isOne();
            assertThat(builder.build().limit()).isEqualTo(2);
        }

        @Test
        void that_refused_a_value_has_the_one_before() {
            ErrGroupOptions.Builder builder = ErrGroupOptions.builder().timeout(Duration.ofSeconds(1));
            assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ZERO));

            assertThat(builder.build().timeout()).hasSeconds(1);
        }
    }

    @Nested
    class Equality {
        @ParameterizedTest
        @MethodSource("io.github.errgroup.ErrGroupOptionsTest#changes")
        void looks_at_every_option(Change change) {
            assertThat(changed(change.setter()))
                    .isNotEqualTo(DEFAULTS)
                    .isEqualTo(changed(change.setter()))
                    .hasSameHashCodeAs(changed(change.setter()));
        }

        @Test
        void is_that_of_what_the_threads_are() {
            ThreadFactory factory = Thread::new;
            assertThat(changed(o -> o.threads(TaskThreads.platform("a-"))))
                    .isEqualTo(changed(o -> o.threads(TaskThreads.platform("a-"))))
                    .hasSameHashCodeAs(changed(o -> o.threads(TaskThreads.platform("a-"))))
                    .isNotEqualTo(changed(o -> o.threads(TaskThreads.platform("b-"))));
            assertThat(changed(o -> o.threads(TaskThreads.from(factory))))
                    .isEqualTo(changed(o -> o.threads(TaskThreads.from(factory))))
                    .isNotEqualTo(changed(o -> o.threads(TaskThreads.from(body -> new Thread(body)))));
        }
    }

    @Nested
    class The_text {
        @Test
        void tells_the_name_and_what_is_not_the_default() {
            assertThat(DEFAULTS).hasToString("ErrGroupOptions[name=group]");
            assertThat(changed(o -> o.name("quote").limit(8).timeout(Duration.ofSeconds(2))))
                    .hasToString("ErrGroupOptions[name=quote, limit=8, timeout=PT2S]");
            assertThat(ErrGroupOptions.builder().limit(8)).hasToString("ErrGroupOptions[name=group, limit=8]");
        }

        @ParameterizedTest
        @MethodSource("io.github.errgroup.ErrGroupOptionsTest#changes")
        void has_every_option_and_no_address_of_an_object(Change change) {
            assertThat(changed(change.setter()).toString())
                    .contains(change.option() + "=")
                    .doesNotContain("@")
                    .doesNotContain("0x");
        }

        @Test
        void tells_code_by_its_class_or_by_its_own_words() {
            assertThat(changed(o -> o.sharedLimit(SHARED_LIMIT)
                            .contextPropagator(PROPAGATOR)
                            .listener(new Listens())
                            .executor(new InWords())))
                    .hasToString(
                            "ErrGroupOptions[name=group, sharedLimit=3, threads=in words,"
                                    + " contextPropagator=lambda in ErrGroupOptionsTest, listeners=[ErrGroupOptionsTest$The_text$Listens]]");
        }

        @Test
        void tells_which_threads() {
            ThreadFactory factory = body -> new Thread(body);
            assertThat(changed(o -> o.threads(TaskThreads.platform("quote-"))))
                    .hasToString("ErrGroupOptions[name=group, threads=platform 'quote-']");
            assertThat(changed(o -> o.threads(TaskThreads.from(factory))))
                    .hasToString("ErrGroupOptions[name=group, threads=from lambda in ErrGroupOptionsTest$The_text]");
        }

        static final class Listens implements GroupListener {}

        static final class InWords implements Executor {
            @Override
            public void execute(Runnable command) {
                command.run();
            }

            @Override
            public String toString() {
                return "in words";
            }
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
                    .isThrownBy(() -> ErrGroupOptions.builder().name(name))
                    .withMessage("name '" + name + "': must not be blank");
        }

        @TestFactory
        Stream<DynamicTest> a_duration_must_be_above_zero_and_must_fit() {
            Map<String, BiConsumer<ErrGroupOptions.Builder, Duration>> setters = new LinkedHashMap<>();
            setters.put("timeout", ErrGroupOptions.Builder::timeout);
            setters.put("taskTimeout", ErrGroupOptions.Builder::taskTimeout);
            setters.put("starvationTimeout", ErrGroupOptions.Builder::starvationTimeout);
            setters.put("stragglerGrace", ErrGroupOptions.Builder::stragglerGrace);
            return setters.entrySet().stream()
                    .flatMap(setter -> Stream.of(
                                    Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))
                            .map(value -> DynamicTest.dynamicTest(
                                    setter.getKey() + " " + value,
                                    () -> assertThatIllegalArgumentException()
                                            .isThrownBy(
                                                    () -> setter.getValue().accept(ErrGroupOptions.builder(), value))
                                            .withMessageStartingWith(
                                                    setter.getKey() + " " + value + ": must be above zero"))));
        }

        @Test
        void N9_a_negative_number_of_failures_or_successes_is_refused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ErrGroupOptions.builder().tolerate(-1))
                    .withMessage("tolerate -1: must be 0 or more");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ErrGroupOptions.builder().enough(-1))
                    .withMessageStartingWith("enough -1: must be 1 or more");
        }

        @Test
        void N9_tolerate_and_enough_go_only_with_a_group_that_cancels_on_error() {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> ErrGroup.open(o -> o.name("quote").tolerate(3).cancelOnError(false)))
                    .withMessageContainingAll("tolerate 3", "quote", "only with cancelOnError(true)", "settle()");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ErrGroup.open(o -> o.cancelOnError(false).enough(2)))
                    .withMessageContainingAll("enough 2", "only with cancelOnError(true)");
            assertThat(ErrGroupOptions.builder().cancelOnError(false).enough(2))
                    .as("the text of a builder that cannot build")
                    .hasToString("ErrGroupOptions[name=group, cancelOnError=false, enough=2]");
            assertThat(changed(o -> o.tolerate(3).tolerate(0).cancelOnError(false))
                            .tolerate())
                    .isZero();
        }

        @Test
        void the_smallest_duration_and_the_largest_are_accepted() {
            Duration largest = ErrGroupOptions.MAX_DURATION;

            assertThat(changed(o -> o.timeout(Duration.ofNanos(1))).timeout()).isEqualTo(Duration.ofNanos(1));
            assertThat(changed(o -> o.timeout(largest)).timeout()).isEqualTo(largest);
            assertThatIllegalArgumentException().isThrownBy(() -> changed(o -> o.timeout(largest.plusNanos(1))));
        }
    }

    @Nested
    class Nulls {
        @TestFactory
        Stream<DynamicTest> are_refused_by_name() {
            return refused(List.of(
                    new Use("name", () -> ErrGroupOptions.builder().name(null)),
                    new Use("threads", () -> ErrGroupOptions.builder().threads(null)),
                    new Use("starvationTimeout", () -> ErrGroupOptions.builder().starvationTimeout(null)),
                    new Use("cancellationWhen", () -> ErrGroupOptions.builder().cancellationWhen(null)),
                    new Use("clock", () -> ErrGroupOptions.builder().clock(null)),
                    new Use("listener", () -> ErrGroupOptions.builder().listener((GroupListener) null)),
                    new Use("listener", () -> ErrGroupOptions.builder().listener((GroupListener.Factory) null)),
                    new Use("executor", () -> ErrGroupOptions.builder().executor(null)),
                    new Use("factory", () -> ErrGroupOptions.builder().threadFactory(null)),
                    new Use("namePrefix", () -> TaskThreads.platform(null)),
                    new Use("changes", () -> ErrGroup.open((Consumer<ErrGroupOptions.Builder>) null)),
                    new Use("options", () -> ErrGroup.open((ErrGroupOptions) null)),
                    new Use("options", () -> FrameworkAccess.openLazily(null, () -> {})),
                    new Use("settings", () -> ErrGroups.of((ErrGroupOptions) null)),
                    new Use("changes", () -> ErrGroups.of((Consumer<ErrGroupOptions.Builder>) null)),
                    new Use("name", () -> ErrGroups.of(DEFAULTS).open(null)),
                    new Use("name", () -> ErrGroups.of(DEFAULTS).open(null, o -> {})),
                    new Use("name", () -> ErrGroups.of(DEFAULTS).forEach(null, List.of(1), item -> {})),
                    new Use("changes", () -> ErrGroups.of(DEFAULTS).open("quote", null))));
        }

        @Test
        void are_refused_among_the_listeners() {
            assertThatNullPointerException()
                    .isThrownBy(() -> ErrGroupOptions.builder().listeners(null));
            assertThatNullPointerException()
                    .isThrownBy(() -> ErrGroupOptions.builder().listeners(Arrays.asList(LISTENER, null)));
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

    /** Each use must throw a NullPointerException that names the value. */
    private static Stream<DynamicTest> refused(List<Use> uses) {
        return uses.stream()
                .map(use -> DynamicTest.dynamicTest(
                        use.value(),
                        () -> assertThatNullPointerException()
                                .isThrownBy(use.call())
                                .withMessage(use.value())));
    }

    /** What each method without an argument says: an option that is not among the changes above fails the test of those. */
    private static Map<String, @Nullable Object> valuesOf(ErrGroupOptions options) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (Method method : ErrGroupOptions.class.getDeclaredMethods()) {
            if (!method.isSynthetic()
                    && (method.getModifiers() & (Modifier.STATIC | Modifier.PRIVATE)) == 0
                    && method.getParameterCount() == 0
                    && !List.of("toBuilder", "hashCode", "toString").contains(method.getName())) {
                try {
                    values.put(method.getName(), method.invoke(options));
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return values;
    }
}
