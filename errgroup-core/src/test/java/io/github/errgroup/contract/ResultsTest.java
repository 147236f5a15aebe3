package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import io.github.errgroup.ThrowingFunction;
import java.io.BufferedReader;
import java.io.StringReader;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** N11: what loops over results are for, and what they cost. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ResultsTest {
    private final AtomicInteger linesRead = new AtomicInteger();

    /** What a CSV library needs: lines in, records out, in order, converted side by side, as far as somebody asks for them. */
    private static <T> Stream<T> records(BufferedReader csv, ThrowingFunction<String[], T> converter) {
        ErrGroup group = ErrGroup.open(o -> o.name("csv").limit(4));
        return group.inOrder(csv.lines()::iterator, line -> converter.apply(line.split(","))).readAhead(16).stream()
                .map(Subtask::get)
                .onClose(group::close);
    }

    private BufferedReader csv(int lines) {
        String text =
                IntStream.range(0, lines).mapToObj(i -> "name" + i + "," + i).collect(Collectors.joining("\n"));
        return new BufferedReader(new StringReader(text)) {
            @Override
            public String readLine() throws java.io.IOException {
                linesRead.incrementAndGet();
                return super.readLine();
            }
        };
    }

    @Test
    void N11_a_CSV_library_gives_its_caller_an_ordered_stream_that_stops_early() {
        try (Stream<Integer> ages = records(csv(10_000), fields -> Integer.parseInt(fields[1]))) {
            assertThat(ages.takeWhile(age -> age < 100)).hasSize(100).isSorted();
        }
        assertThat(linesRead.get()).isBetween(101, 101 + 17);
    }

    @Test
    void N11_no_more_than_two_items_are_read_while_there_is_a_result_to_give() {
        AtomicInteger read = new AtomicInteger();
        Iterable<Integer> items = () ->
                IntStream.range(0, 100).peek(item -> read.incrementAndGet()).iterator();
        try (ErrGroup group = ErrGroup.open(o -> o.threads(TaskThreads.on(Runnable::run)))) {
            Iterator<Subtask<Integer>> results =
                    group.asCompleted(items, item -> item).readAhead(50).iterator();
            results.next();
            assertThat(read).hasValue(2);
            results.next();
            assertThat(read).hasValue(4);
        }
    }

    @Test
    void N11_a_stream_of_them_has_an_order_and_no_known_size_and_is_not_split() {
        try (ErrGroup group = ErrGroup.open()) {
            Spliterator<?> handles =
                    group.inOrder(List.of(1, 2), item -> item).stream().spliterator();
            assertThat(handles.hasCharacteristics(Spliterator.ORDERED | Spliterator.NONNULL))
                    .isTrue();
            assertThat(handles.hasCharacteristics(Spliterator.SIZED)).isFalse();
            assertThat(handles.estimateSize()).isEqualTo(Long.MAX_VALUE);
            assertThat(handles.trySplit()).isNull();
        }
    }

    @Tag("slow")
    @Test
    void N11_a_million_items_keep_no_more_than_the_read_ahead() throws Exception {
        int million = 1_000_000;
        List<WeakReference<Subtask<byte[]>>> some = new ArrayList<>();
        AtomicInteger given = new AtomicInteger();
        Subtask<byte[]> kept = null;
        try (ErrGroup group = ErrGroup.open(o -> o.limit(2))) {
            for (Subtask<byte[]> task :
                    group.asCompleted(IntStream.range(0, million)::iterator, item -> new byte[16])) {
                int number = given.incrementAndGet();
                if (number % 100_000 == 0) {
                    some.add(new WeakReference<>(task));
                }
                kept = number == 50_000 ? task : kept;
            }
            assertThat(given).hasValue(million);
            assertThat(some).allSatisfy(reference -> {
                Threads.until(() -> {
                    System.gc();
                    return reference.refersTo(null);
                });
            });
            group.await();
        }
        assertThat(kept.get()).hasSize(16); // and a handle that is kept keeps no other
    }
}
