package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code forEach} and {@code map} read a list as tasks start, whatever made it, and not after the cancellation. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReadingTest {
    private static final int LONG = 100_000;

    /** How many items the source gave. */
    private final AtomicInteger read = new AtomicInteger();

    /** Each makes a stream whose items are counted where they are made. */
    private static Map<String, Function<ReadingTest, Stream<Integer>>> streams() {
        Map<String, Function<ReadingTest, Stream<Integer>>> streams = new LinkedHashMap<>();
        streams.put("a range", ReadingTest::rows);
        streams.put("iterate", test -> test.counted(Stream.iterate(0, i -> i + 1)));
        streams.put("generate", ReadingTest::endless);
        streams.put("flatMap", test -> Stream.of(1, 2).flatMap(page -> test.rows()));
        streams.put(
                "flatMap in flatMap",
                test -> Stream.of(1, 2).flatMap(book -> Stream.of(1, 2).flatMap(page -> test.rows())));
        streams.put("flatMap of what never ends", test -> Stream.of(1).flatMap(page -> test.endless()));
        streams.put(
                "flatMap with operations after it",
                test -> Stream.of(1)
                        .flatMap(page -> test.endless())
                        .filter(i -> true)
                        .distinct()
                        .map(i -> i)
                        .limit(LONG));
        streams.put(
                "mapMulti",
                test -> Stream.of(1, 2).mapMulti((page, rows) -> test.rows().forEach(rows)));
        streams.put(
                "mapMulti of what never ends",
                test -> Stream.of(1).mapMulti((page, rows) -> test.endless().forEach(rows)));
        streams.put(
                "takeWhile", test -> Stream.of(1).flatMap(page -> test.rows()).takeWhile(i -> true));
        streams.put("concat", test -> Stream.concat(test.rows(), Stream.of(1).flatMap(page -> test.rows())));
        streams.put("a parallel range", test -> test.rows().parallel());
        streams.put("a parallel flatMap", test -> Stream.of(1, 2).parallel().flatMap(page -> test.rows()));
        return streams;
    }

    private Stream<Integer> rows() {
        return counted(IntStream.range(0, LONG).boxed());
    }

    private Stream<Integer> endless() {
        AtomicInteger next = new AtomicInteger();
        return Stream.generate(() -> {
            read.incrementAndGet();
            return next.getAndIncrement();
        });
    }

    private Stream<Integer> counted(Stream<Integer> items) {
        return items.peek(i -> read.incrementAndGet());
    }

    private static Stream<Arguments> sources() {
        Stream<Arguments> streams = streams().entrySet().stream()
                .flatMap(named -> Stream.of(
                        arguments("forEach of " + named.getKey(), (Reading) (test, group, seen) ->
                                group.forEach(named.getValue().apply(test), seen::pass)),
                        arguments("map of " + named.getKey(), (Reading) (test, group, seen) ->
                                group.map(named.getValue().apply(test), seen::pass))));
        Stream<Arguments> iterables = Stream.of(
                arguments("forEach of an iterable", (Reading)
                        (test, group, seen) -> group.forEach(() -> test.rows().iterator(), seen::pass)),
                arguments("map of an iterable", (Reading)
                        (test, group, seen) -> group.map(() -> test.rows().iterator(), seen::pass)));
        return Stream.concat(streams, iterables);
    }

    /** Submits a task for each item of a source. */
    private interface Reading {
        void read(ReadingTest test, ErrGroup group, Blocking seen) throws Exception;
    }

    /** The body of every task: blocks until the test lets it go. */
    private static final class Blocking {
        private final Gate end = new Gate();

        int pass(int item) throws InterruptedException {
            end.pass();
            return item;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sources")
    void reads_one_item_more_than_there_are_slots_and_none_after_the_cancellation(String name, Reading reading)
            throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.limit(2))) {
            Caller<?> caller = Caller.runs(() -> reading.read(this, group, new Blocking()))
                    .blockedIn(name.substring(0, name.indexOf(' ')));
            assertThat(read).as("two run, one waits for a slot").hasValue(3);

            group.cancel();

            caller.result();
            assertThat(read).as("after the cancellation").hasValue(3);
            catchThrowable(group::await);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sources")
    void reads_nothing_where_the_group_is_cancelled_already(String name, Reading reading) throws Exception {
        try (ErrGroup group = ErrGroup.open()) {
            group.cancel();
            reading.read(this, group, new Blocking());
        }
        assertThat(read).as(name).hasValue(0);
    }

    @Test
    void an_item_that_cancels_the_group_while_it_is_read_is_the_last() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
            List<Subtask<Integer>> handles = group.map(
                    Stream.of(1).flatMap(page -> endless()).peek(i -> {
                        if (i == 4) {
                            group.cancel();
                        }
                    }),
                    i -> i);
            assertThat(read).hasValue(5);
            assertThat(handles).hasSize(5).last().matches(last -> last.state() == Subtask.State.SKIPPED);
            catchThrowable(group::await);
        }
    }

    @Test
    void a_caller_that_is_interrupted_while_it_waits_reads_no_further() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
            Blocking blocking = new Blocking();
            Caller<?> caller = Caller.runs(() -> group.forEach(Stream.of(1).flatMap(page -> endless()), blocking::pass))
                    .blockedIn("forEach");
            caller.interrupt();
            assertThat(caller.flagAfterwards()).isTrue();
            assertThat(read).hasValue(2);
            catchThrowable(group::await);
        }
    }

    @Test
    void a_parallel_stream_is_read_by_the_caller_in_order() throws Exception {
        Set<Thread> readers = ConcurrentHashMap.newKeySet();
        try (ErrGroup group = ErrGroup.open()) {
            List<Subtask<Integer>> handles = group.map(
                    IntStream.range(0, 1_000).boxed().parallel().peek(i -> readers.add(Thread.currentThread())),
                    i -> i);
            group.await();
            assertThat(handles.stream().map(Subtask::get))
                    .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
        }
        assertThat(readers).containsExactly(Thread.currentThread());
    }

    @Test
    void what_the_source_throws_comes_out_as_itself_and_cancels_nothing() throws Exception {
        IllegalArgumentException broken = new IllegalArgumentException("page 2");
        try (ErrGroup group = ErrGroup.open(o -> o.limit(2))) {
            Stream<Integer> pages = Stream.of(1, 2).flatMap(page -> {
                if (page == 2) {
                    throw broken;
                }
                return Stream.of(page);
            });
            assertThat(catchThrowable(() -> group.forEach(pages, page -> {}))).isSameAs(broken);
            assertThat(group.context().isCancelled()).isFalse();
            group.await();
            assertThat(group.snapshot().succeeded()).isOne();
        }
    }

    @Test
    void closes_what_flatMap_opened_and_not_the_stream_that_it_was_given() throws Exception {
        AtomicBoolean outer = new AtomicBoolean();
        AtomicBoolean inner = new AtomicBoolean();
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open()) {
            Stream<Integer> pages = Stream.of(1)
                    .flatMap(page -> endless().onClose(() -> {
                        inner.set(true);
                        throw new IllegalArgumentException("close");
                    }))
                    .onClose(() -> outer.set(true));
            group.forEach(pages.peek(i -> group.cancel()), i -> {});
            assertThat(inner).isTrue();
            assertThat(outer).isFalse();
            assertThat(log.has("could not be closed"))
                    .as("why it could not be closed")
                    .isTrue();
            catchThrowable(group::await);
        }
    }

    @Test
    void an_operation_that_catches_every_exception_is_not_shown_the_end_of_the_reading() throws Exception {
        List<Exception> caught = new ArrayList<>();
        try (ErrGroup group = ErrGroup.open()) {
            group.forEach(
                    Stream.of(1).<Integer>mapMulti((page, rows) -> {
                        try {
                            endless().forEach(rows);
                        } catch (Exception e) {
                            caught.add(e);
                        }
                    }),
                    i -> {
                        throw new Broken("row");
                    });
            assertThat(catchThrowable(group::await)).hasRootCauseMessage("row");
        }
        assertThat(caught).isEmpty();
    }

    @Test
    void a_stream_that_was_used_already_is_refused_as_ever() throws Exception {
        Stream<Integer> used = Stream.of(1);
        assertThat(used.count()).isOne();
        try (ErrGroup group = ErrGroup.open()) {
            assertThatIllegalStateException().isThrownBy(() -> group.forEach(used, i -> {}));
            assertThatIllegalStateException().isThrownBy(() -> group.map(used, i -> i));
            group.await();
        }
    }

    @Test
    void null_items_are_items() throws Exception {
        try (ErrGroup group = ErrGroup.open()) {
            List<Subtask<Boolean>> handles = group.map(Stream.of(1, null), item -> item == null);
            group.await();
            assertThat(handles.stream().map(Subtask::get)).containsExactly(false, true);
        }
    }
}
