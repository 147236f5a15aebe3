package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Results;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.ThrowingFunction;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** N11: results while the group runs, as they end and in the order of the items. */
class ResultsContractTest extends GroupContract {
    /** How many items the source gave. */
    private final AtomicInteger read = new AtomicInteger();

    private Iterable<Integer> items(int number) {
        return () ->
                IntStream.range(0, number).peek(item -> read.incrementAndGet()).iterator();
    }

    /** No more than this workplace takes in a row, so that none is rejected. */
    private ErrGroup openFitting(int limit) {
        needsTasksInARow(3);
        return open(o -> o.limit(limit));
    }

    private static List<Integer> valuesOf(Iterable<Subtask<Integer>> results) {
        List<Integer> values = new ArrayList<>();
        results.forEach(task -> values.add(task.get()));
        return values;
    }

    @Nested
    class Every_handle {
        @Test
        void N11_is_given_once_as_tasks_end() throws Exception {
            ErrGroup group = openFitting(2);
            assertThat(valuesOf(group.asCompleted(items(1000), item -> item)))
                    .hasSize(1000)
                    .doesNotHaveDuplicates();
            group.await();
        }

        @Test
        void N11_is_given_once_in_the_order_of_the_items() throws Exception {
            ErrGroup group = openFitting(2);
            assertThat(valuesOf(group.inOrder(items(1000), item -> item)))
                    .hasSize(1000)
                    .isSorted();
            group.await();
        }

        @Test
        void N11_is_given_where_a_failure_cancels_nothing() throws Exception {
            needsTasksInARow(3);
            ErrGroup group = open(o -> o.limit(1).cancelOnError(false));
            List<State> states = new ArrayList<>();
            group.inOrder(List.of(1, 0, 2), item -> 1 / item).forEach(task -> states.add(task.state()));
            assertThat(states).containsExactly(State.SUCCEEDED, State.FAILED, State.SUCCEEDED);
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(ArithmeticException.class);
        }

        @Test
        void N11_has_the_name_of_its_item() throws Exception {
            ErrGroup group = openFitting(1);
            List<String> names = new ArrayList<>();
            group.inOrder(List.of("a", "b"), item -> "item " + item, String::length)
                    .forEach(task -> names.add(task.name()));
            group.asCompleted(List.of("c"), item -> "item " + item, String::length)
                    .forEach(task -> names.add(task.name()));
            group.await();
            assertThat(names).containsExactly("item a", "item b", "item c");
        }

        @Test
        void N11_of_a_rejected_task_is_given_too() {
            ErrGroup group = open(o -> o.cancelOnError(false));
            int given = 0;
            for (Subtask<Integer> task : group.asCompleted(items(10), item -> item)) {
                assertThat(task.state().isEnded()).isTrue();
                given++;
            }
            catchThrowable(group::await);
            assertThat(given).isEqualTo(10);
        }
    }

    @Nested
    class The_first_to_end {
        @Test
        void N11_is_given_first() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open();
            Gate slow = new Gate();
            List<Integer> given = new ArrayList<>();
            for (Subtask<Integer> task : group.asCompleted(List.of(1, 2), item -> {
                if (item == 1) {
                    slow.pass();
                }
                return item;
            })) {
                given.add(task.get());
                slow.open();
            }
            group.await();
            assertThat(given).containsExactly(2, 1);
        }

        @Test
        void N11_waits_for_its_turn_in_order() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open();
            Gate second = new Gate();
            Results<Integer> results = group.inOrder(List.of(1, 2), item -> {
                if (item == 1) {
                    second.pass();
                } else {
                    second.open();
                }
                return item;
            });
            assertThat(valuesOf(results)).containsExactly(1, 2);
            group.await();
        }
    }

    @Nested
    class Reading {
        @Test
        void N11_begins_with_the_loop_and_is_ahead_by_the_limit() throws Exception {
            ErrGroup group = openFitting(2);
            Results<Integer> results = group.asCompleted(items(100), item -> item);
            assertThat(read).hasValue(0);

            int given = 0;
            for (Subtask<Integer> task : results) {
                given++;
                assertThat(task.get()).isNotNegative();
                assertThat(read.get() - given).isBetween(0, 2);
            }
            group.await();
            assertThat(read).hasValue(100);
        }

        @Test
        void N11_is_ahead_by_the_number_given_and_what_is_above_the_limit_queues() throws Exception {
            needsTasksAtOnce(1);
            needsTasksInARow(3);
            ErrGroup group = open(o -> o.limit(1));
            Gate first = new Gate();
            Caller<Integer> loop = Caller.calls(() -> {
                int sum = 0;
                for (Subtask<Integer> task : group.inOrder(items(100), item -> {
                            first.pass();
                            return item;
                        })
                        .readAhead(5)) {
                    sum += task.get();
                }
                return sum;
            });
            Threads.until(() -> group.snapshot().submitted() == 5);
            Threads.until(() -> Threads.isParked(loop.thread()));
            assertThat(read).hasValue(5);
            assertThat(group.snapshot().submitted()).isEqualTo(5);

            first.open();

            assertThat(loop.result()).isEqualTo(4950);
            group.await();
        }

        @Test
        void N11_is_ahead_by_256_without_a_limit() throws Exception {
            needsTasksAtOnce(1);
            needsTasksInARow(300);
            ErrGroup group = open();
            Gate all = new Gate();
            Caller<Integer> loop = Caller.calls(() -> valuesOf(group.asCompleted(items(1000), item -> {
                        all.passIgnoringInterrupts();
                        return item;
                    }))
                    .size());
            Threads.until(() -> read.get() == 256);
            Threads.until(() -> Threads.isParked(loop.thread()));
            assertThat(read).hasValue(256);
            all.open();
            assertThat(loop.result()).isEqualTo(1000);
            group.await();
        }

        @Test
        void N11_that_throws_leaves_the_loop() {
            ErrGroup group = openFitting(1);
            Broken broken = new Broken("source");
            Iterable<Integer> source = () -> Stream.of(1, 2)
                    .peek(item -> {
                        if (item == 2) {
                            throw new IllegalStateException(broken);
                        }
                    })
                    .iterator();
            assertThat(catchThrowable(() -> valuesOf(group.asCompleted(source, item -> item))))
                    .hasCause(broken);
            assertThatCode(group::close).doesNotThrowAnyException();
        }
    }

    @Nested
    class A_group_that_is_cancelled {
        @Test
        void N11_ends_the_loop_and_await_tells_why() {
            ErrGroup group = openFitting(1);
            List<Integer> given = new ArrayList<>();
            for (Subtask<Integer> task : group.inOrder(items(1000), item -> 10 / (3 - item))) {
                given.add(task.get());
            }
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(ArithmeticException.class);
            assertThat(given).containsExactly(3, 5, 10);
            assertThat(read.get()).isLessThan(10);
        }

        @Test
        void N11_ends_a_loop_that_waits_for_a_task_that_does_not_end() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open();
            Gate stubborn = new Gate();
            Gate begun = new Gate();
            Caller<Integer> loop = Caller.calls(() -> valuesOf(group.asCompleted(List.of(1), item -> {
                        begun.open();
                        stubborn.passIgnoringInterrupts();
                        return item;
                    }))
                    .size());
            begun.pass();
            Threads.until(() -> Threads.isParked(loop.thread()));

            group.cancel();

            assertThat(loop.result()).isZero();
            stubborn.open();
        }

        @Test
        void N11_gives_nothing_that_was_cancelled_and_in_order_nothing_behind_it() throws Exception {
            needsTasksAtOnce(3);
            assertThat(restAfterCancel(true)).isEmpty();
            assertThat(restAfterCancel(false)).allMatch(task -> task.state() == State.SUCCEEDED);
        }

        /** Of three items the second is cancelled, the others have succeeded, and one of those was given. */
        private List<Subtask<Integer>> restAfterCancel(boolean ordered) throws Exception {
            ErrGroup group = open();
            Gate others = new Gate(2);
            ThrowingFunction<Integer, Integer> work = item -> {
                if (item == 1) {
                    others.pass();
                } else {
                    others.open();
                }
                if (item == 2) {
                    new Gate().pass();
                }
                return item;
            };
            List<Integer> all = List.of(1, 2, 3);
            Iterator<Subtask<Integer>> results = (ordered ? group.inOrder(all, work) : group.asCompleted(all, work))
                    .readAhead(3)
                    .iterator();
            results.next();
            Threads.until(() -> group.snapshot().pending() == 1);
            group.cancel();
            Threads.until(() -> group.snapshot().pending() == 0);
            List<Subtask<Integer>> rest = new ArrayList<>();
            results.forEachRemaining(rest::add);
            return rest;
        }

        @Test
        void N11_gives_what_has_succeeded() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.limit(2));
            Gate both = new Gate(2);
            Iterator<Subtask<Integer>> results = group.asCompleted(List.of(1, 2), item -> {
                        both.open();
                        both.pass();
                        return item;
                    })
                    .iterator();
            results.next();
            untilLeft(group);

            group.cancel();

            assertThat(results.next().state()).isEqualTo(State.SUCCEEDED);
            assertThat(results.hasNext()).isFalse();
        }

        @Test
        void N11_makes_a_stream_throw_what_await_does() {
            ErrGroup group = openFitting(1);
            Throwable thrown = catchThrowable(() -> {
                try (Stream<Subtask<Integer>> results = group.inOrder(items(1000), item -> 10 / (3 - item)).stream()) {
                    results.forEach(Subtask::get);
                }
            });
            assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCauseInstanceOf(ArithmeticException.class);
        }
    }

    @Nested
    class A_loop_that_is_left_early {
        @Test
        void N11_is_cancelled_by_close_and_no_fault() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.limit(2));
            for (Subtask<Integer> task : group.asCompleted(items(1000), item -> {
                if (item > 0) {
                    new Gate().pass();
                }
                return item;
            })) {
                assertThat(task.get()).isZero();
                break;
            }

            assertThatCode(group::close).doesNotThrowAnyException();

            assertThat(group.context().reason()).isEqualTo(CancelReason.CLOSED);
            assertThat(group.snapshot().cancelled() + group.snapshot().skipped())
                    .isPositive();
        }

        @Test
        void N11_excuses_no_other_task() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open();
            stuck(group);
            for (Subtask<Integer> task : group.asCompleted(items(1), item -> item)) {
                break;
            }
            assertThatIllegalStateException().isThrownBy(group::close).withMessageContaining("closed before its tasks");
        }

        @Test
        void N11_is_cancelled_by_the_end_of_a_stream() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.limit(2));
            try (Stream<Subtask<Integer>> results = group
                    .asCompleted(items(1000), item -> {
                        if (item > 0) {
                            new Gate().pass();
                        }
                        return item;
                    })
                    .stream()
                    .onClose(group::close)) {
                assertThat(results.findFirst())
                        .hasValueSatisfying(task -> assertThat(task.get()).isZero());
            }
            assertThat(group.context().reason()).isEqualTo(CancelReason.EXPLICIT);
            assertThat(group.context().cause())
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("were closed before the end");
        }

        @Test
        void N11_cancels_nothing_if_the_stream_was_read_to_its_end() throws Exception {
            ErrGroup group = openFitting(1);
            try (Stream<Subtask<Integer>> results = group.inOrder(items(3), item -> item).stream()) {
                assertThat(results.map(Subtask::get)).containsExactly(0, 1, 2);
            }
            assertThat(group.context().isCancelled()).isFalse();
            group.await();
        }
    }

    @Nested
    class A_loop_that_is_interrupted {
        @Test
        void N11_cancels_the_group_and_the_next_await_throws() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open();
            Gate begun = new Gate();
            Caller<Throwable> loop = Caller.calls(() -> {
                valuesOf(group.asCompleted(List.of(1), item -> {
                    begun.open();
                    new Gate().pass();
                    return item;
                }));
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                return catchThrowable(group::await);
            });
            begun.pass();

            loop.interrupt();

            assertThat(loop.result()).isInstanceOf(InterruptedException.class);
            assertThat(group.context().reason()).isEqualTo(CancelReason.INTERRUPTED);
        }
    }

    @Nested
    class Misuse {
        @Test
        void N11_a_second_loop_is_refused() throws Exception {
            ErrGroup group = openFitting(1);
            Results<Integer> results = group.asCompleted(items(1), item -> item);
            valuesOf(results);
            assertThatIllegalStateException().isThrownBy(results::iterator).withMessageContaining("looped over once");
            group.await();
        }

        @Test
        void N11_a_read_ahead_of_nothing_is_refused() {
            ErrGroup group = open();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> group.asCompleted(items(1), item -> item).readAhead(0))
                    .withMessage("readAhead 0: it must be above zero");
        }

        @Test
        void N11_a_finished_group_is_refused() throws Exception {
            ErrGroup group = open();
            group.await();
            assertThatIllegalStateException()
                    .isThrownBy(() -> group.asCompleted(items(1), item -> item))
                    .withMessageContaining("fresh()");
        }

        @Test
        void N11_a_task_of_the_group_is_refused() {
            needsTasksInARow(3);
            ErrGroup group = open();
            group.go(() -> {
                group.asCompleted(items(1), item -> item).iterator();
            });
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(IllegalStateException.class);
        }

        @Test
        void N11_the_end_of_a_loop_has_no_next() throws Exception {
            ErrGroup group = open();
            Iterator<Subtask<Integer>> none =
                    group.asCompleted(items(0), item -> item).iterator();
            assertThat(none.hasNext()).isFalse();
            assertThat(catchThrowable(none::next)).isInstanceOf(NoSuchElementException.class);
            group.await();
        }
    }

    @Test
    void N11_a_task_feeds_a_group_of_its_own() throws Exception {
        ErrGroup group = openFitting(1);
        Subtask<Integer> sum = group.go(() -> {
            try (ErrGroup own = ErrGroup.open(o -> o.limit(2))) {
                int total = 0;
                for (Subtask<Integer> task : own.asCompleted(items(100), item -> item)) {
                    total += task.get();
                }
                own.await();
                return total;
            }
        });
        group.await();
        assertThat(sum.get()).isEqualTo(4950);
    }
}
