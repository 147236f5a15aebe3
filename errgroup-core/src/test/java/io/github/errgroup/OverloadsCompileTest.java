package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * That this compiles is the test: every overload as a user would write it, without a cast and without a type argument.
 * Running it shows that the overload meant is the one taken.
 */
class OverloadsCompileTest {
    private final AtomicInteger calls = new AtomicInteger();

    @Nested
    class Go {
        @Test
        void a_lambda_with_a_value() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Subtask<Integer> expression = group.go(() -> 42);
                Subtask<Integer> named = group.go("named", () -> 42);
                Subtask<String> block = group.go(() -> {
                    calls.incrementAndGet();
                    return "block";
                });
                Subtask<String> checked = group.go(() -> readValue("checked"));
                Subtask<String> checkedAndNamed = group.go("named", () -> readValue("checked"));
                Subtask<Integer> statement = group.go(() -> calls.incrementAndGet());
                Subtask<Number> wider = group.go(() -> 42);
                group.await();

                int sum = expression.get() + named.get();
                assertThat(sum).isEqualTo(84);
                assertThat(block.get() + checked.get() + checkedAndNamed.get()).isEqualTo("blockcheckedchecked");
                assertThat(statement.get()).isPositive();
                assertThat(wider.get()).isEqualTo(42);
            }
        }

        @Test
        void a_lambda_without_a_value() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Subtask<@Nullable Void> expression = group.go(() -> count());
                Subtask<@Nullable Void> named = group.go("named", () -> count());
                group.go(() -> {
                    if (calls.get() < 0) {
                        throw new IOException("never");
                    }
                    count();
                });
                group.go("named", () -> {
                    count();
                });
                group.go(() -> countChecked());
                group.go("named", () -> countChecked());
                group.go(() -> {});
                group.await();

                assertThat(expression.get()).isNull();
                assertThat(named.get()).isNull();
                assertThat(calls).hasValue(6);
            }
        }

        @Test
        void a_method_reference() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Subtask<Integer> value = group.go(calls::incrementAndGet);
                Subtask<String> checkedValue = group.go("named", OverloadsCompileTest::readConstant);
                Subtask<Object> made = group.go(Object::new);
                Subtask<Integer> overloaded = group.go(OverloadsCompileTest.this::overloaded);
                Subtask<@Nullable Void> none = group.go(OverloadsCompileTest.this::count);
                Subtask<@Nullable Void> checkedNone = group.go("named", OverloadsCompileTest.this::countChecked);
                group.await();

                assertThat(value.get()).isPositive();
                assertThat(checkedValue.get()).isEqualTo("constant");
                assertThat(made.get()).isNotNull();
                assertThat(overloaded.get()).isEqualTo(42);
                assertThat(none.get()).isNull();
                assertThat(checkedNone.get()).isNull();
                assertThat(calls).hasValue(3);
            }
        }

        @Test
        void a_variable() throws InterruptedException {
            Runnable runnable = this::nothing;
            Callable<Integer> callable = () -> 42;
            ThrowingRunnable throwing = () -> countChecked();
            try (ErrGroup group = ErrGroup.open()) {
                group.go(runnable::run);
                group.go(throwing);
                group.go("named", throwing);
                Subtask<Integer> value = group.go(callable);
                Subtask<Number> wider = group.go("named", callable);
                TaskBody<Integer> body = () -> 42;
                Subtask<Number> ofBody = group.go(body);
                ThrowingRunnable forItsEffect = body;
                Subtask<@Nullable Void> noValue = group.go(forItsEffect);
                group.await();

                assertThat(value.get()).isEqualTo(42);
                assertThat(ofBody.get()).isEqualTo(42);
                assertThat((Object) noValue.get()).isNull();
                assertThat(wider.get()).isEqualTo(42);
                assertThat(calls).hasValue(2);
            }
        }

        @Test
        void a_body_that_only_throws() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false))) {
                Subtask<?> checked = group.go(() -> {
                    throw new IOException("checked");
                });
                Subtask<?> unchecked = group.go("named", () -> {
                    throw new IllegalArgumentException("unchecked");
                });
                group.go(() -> {
                    throw new SQLException("as a statement");
                });
                assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);

                assertThat(checked.exception()).hasMessage("checked");
                assertThat(unchecked.exception()).hasMessage("unchecked");
            }
        }

        @Test
        void a_value_that_is_null() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Subtask<@Nullable String> nothing = group.go(() -> null);
                group.await();

                assertThat(nothing.get()).isNull();
                assertThat(nothing.state()).isEqualTo(Subtask.State.SUCCEEDED);
            }
        }

        private void nothing() {}
    }

    @Nested
    class TryGo {
        @Test
        void with_and_without_a_value_a_name_and_a_checked_exception() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Optional<Subtask<Integer>> value = group.tryGo(() -> 42);
                Optional<Subtask<String>> namedValue = group.tryGo("named", () -> readValue("checked"));
                Optional<Subtask<String>> reference = group.tryGo(OverloadsCompileTest::readConstant);
                Optional<Subtask<@Nullable Void>> none = group.tryGo(() -> countChecked());
                Optional<Subtask<@Nullable Void>> namedNone =
                        group.tryGo("named", OverloadsCompileTest.this::countChecked);
                if (group.tryGo(() -> count()).isEmpty()) {
                    throw new AssertionError("no limit, and no task");
                }
                group.await();

                assertThat(value.orElseThrow().get()).isEqualTo(42);
                assertThat(namedValue.orElseThrow().get()).isEqualTo("checked");
                assertThat(reference.orElseThrow().get()).isEqualTo("constant");
                assertThat(none.orElseThrow().get()).isNull();
                assertThat(namedNone.orElseThrow().get()).isNull();
                assertThat(calls).hasValue(3);
            }
        }

        @Test
        void a_body_that_only_throws() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Subtask<?> failed = group.tryGo(() -> {
                            throw new IOException("checked");
                        })
                        .orElseThrow();
                assertThatExceptionOfType(IOException.class).isThrownBy(() -> group.await(IOException.class));

                assertThat(failed.exception()).hasMessage("checked");
            }
        }
    }

    @Nested
    class ForEachAndMap {
        private final Collection<Object> seen = Collections.synchronizedCollection(new ArrayList<>());

        @Test
        void for_each_of_an_iterable_and_a_stream() throws InterruptedException {
            Iterable<Integer> iterable = List.of(1, 2);
            Stream<Integer> stream = Stream.of(3, 4);
            ThrowingConsumer<Object> ofAnything = seen::add;
            try (ErrGroup group = ErrGroup.open()) {
                group.forEach(iterable, seen::add);
                group.forEach(stream, this::saveChecked);
                group.forEach(Set.of(5), ofAnything);
                group.forEach(List.of(6L), number -> {
                    if (number < 0) {
                        throw new IOException("never");
                    }
                    seen.add(number);
                });
                group.forEach(IntStream.of(7).boxed(), number -> saveChecked(number));
                group.await();
            }
            assertThat(seen).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6L, 7);
        }

        @Test
        void map_of_an_iterable_and_a_stream() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                List<Subtask<Integer>> lengths = group.map(List.of("a", "bb"), String::length);
                List<Subtask<String>> read = group.map(Stream.of("c", "d"), OverloadsCompileTest::readValue);
                List<Subtask<Number>> wider = group.map(List.of("eee"), text -> text.length());
                group.await();

                assertThat(lengths.stream().map(Subtask::get).toList()).containsExactly(1, 2);
                assertThat(read.stream().map(Subtask::get).toList()).containsExactly("c", "d");
                assertThat(wider.get(0).get()).isEqualTo(3);
            }
        }

        private void saveChecked(Object item) throws IOException {
            if (item.equals("bad")) {
                throw new IOException("never");
            }
            seen.add(item);
        }
    }

    @Nested
    class OpenAwaitAndCall {
        @Test
        void open_without_and_with_options() throws InterruptedException {
            try (ErrGroup defaults = ErrGroup.open();
                    ErrGroup changed = ErrGroup.open(o -> o.name("changed").limit(2));
                    ErrGroup given = ErrGroup.open(ErrGroupOptions.defaults());
                    ErrGroup lazy = FrameworkAccess.openLazily(ErrGroupOptions::defaults, () -> {});
                    ErrGroup fresh = changed.fresh()) {
                assertThat(List.of(defaults.limit(), changed.limit(), given.limit(), fresh.limit()))
                        .containsExactly(-1, 2, -1, 2);
                assertThat(lazy.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.UNOPENED);
            }
        }

        @Test
        void await_of_one_exception_needs_no_other() throws InterruptedException, NoSuchFileException {
            try (ErrGroup group = ErrGroup.open()) {
                group.go(() -> count());
                group.await(NoSuchFileException.class);
                group.await(RuntimeException.class);
            }
            assertThat(calls).hasValue(1);
        }

        @Test
        void call_without_a_checked_exception_needs_none() throws InterruptedException {
            int sum = ErrGroup.call(o -> o.limit(2), group -> {
                List<Subtask<Integer>> lengths = group.map(List.of("a", "bb"), String::length);
                group.await();
                return lengths.get(0).get() + lengths.get(1).get();
            });
            String expression = ErrGroup.call(ErrGroupOptions.defaults(), ErrGroup::name);

            assertThat(sum).isEqualTo(3);
            assertThat(expression).isEqualTo("group");
        }

        @Test
        void call_with_one_checked_exception_throws_that_one() throws InterruptedException, IOException {
            String read = ErrGroup.call(ErrGroupOptions.defaults(), group -> readValue(group.name()));
            String reference = ErrGroup.call(o -> {}, OverloadsCompileTest::body);

            assertThat(read + reference).isEqualTo("groupgroup");
        }

        @Test
        void call_with_several_checked_exceptions_throws_what_they_have_in_common() throws Exception {
            String read = ErrGroup.call(o -> o.name("several"), group -> {
                if (group.name().isEmpty()) {
                    throw new SQLException("never");
                }
                return readValue(group.name());
            });

            assertThat(read).isEqualTo("several");
        }
    }

    @Nested
    class Factory {
        private final ErrGroups groups = ErrGroups.of(ErrGroupOptions.defaults());

        @Test
        void open() throws InterruptedException {
            try (ErrGroup unnamed = groups.open();
                    ErrGroup named = groups.open("named");
                    ErrGroup changed = groups.open("changed", o -> o.limit(3))) {
                assertThat(List.of(unnamed.name(), named.name(), changed.name()))
                        .containsExactly("group", "named", "changed");
            }
        }

        @Test
        void call_map_and_for_each() throws InterruptedException, IOException {
            CountDownLatch seen = new CountDownLatch(2);

            int unchecked = groups.call("call", group -> group.name().length());
            String checked = groups.call("call", group -> readValue(group.name()));
            List<Integer> lengths = groups.map("map", List.of("a", "bb"), String::length);
            List<Number> wider = groups.map("map", Set.of("a"), text -> text.length());
            List<String> read = groups.map("map", List.of("c"), OverloadsCompileTest::readValue);
            List<Integer> ofStream = groups.map("map", Stream.of("a", "bb"), String::length);
            groups.forEach("forEach", List.of(1), number -> seen.countDown());
            groups.forEach("forEach", Stream.of("x"), OverloadsCompileTest::readValue);
            groups.forEach("forEach", Set.of("x"), text -> {
                readValue(text);
                seen.countDown();
            });

            assertThat(unchecked).isEqualTo(4);
            assertThat(checked).isEqualTo("call");
            assertThat(lengths).containsExactly(1, 2).isEqualTo(ofStream);
            assertThat(wider).hasSize(1);
            assertThat(read).containsExactly("c");
            assertThat(seen.getCount()).isZero();
        }
    }

    private int overloaded() {
        return 42;
    }

    private int overloaded(int other) {
        return other;
    }

    private static String body(ErrGroup group) throws IOException, InterruptedException {
        group.await();
        return readValue(group.name());
    }

    private static String readConstant() throws IOException {
        return readValue("constant");
    }

    private static String readValue(String value) throws IOException {
        if (value.isEmpty()) {
            throw new IOException("never");
        }
        return value;
    }

    private void count() {
        calls.incrementAndGet();
    }

    private void countChecked() throws IOException {
        if (calls.incrementAndGet() < 0) {
            throw new IOException("never");
        }
    }
}
