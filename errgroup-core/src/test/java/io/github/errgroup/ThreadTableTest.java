package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** N15: a table so small that threads share places. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ThreadTableTest {
    private static final int THREADS = 50;

    /** Drops its tasks, so that they stand here for tasks of any thread. */
    private final ErrGroup group = ErrGroup.open(o -> o.executor(command -> {}));

    private final ThreadTable table = new ThreadTable(1);

    private final List<Entry> entries = new ArrayList<>();

    private final class Entry implements TaskHolder {
        private final Thread thread = new Thread(() -> {});

        private final TaskRun<?> task = (TaskRun<?>) group.go(() -> {});

        @Override
        public TaskRun<?> taskOn(Thread self) {
            return self == thread ? task : null;
        }
    }

    ThreadTableTest() {
        for (int i = 0; i < THREADS; i++) {
            entries.add(new Entry());
        }
    }

    @AfterEach
    void closeTheGroup() {
        group.cancel();
        group.close();
    }

    private void putAll() {
        entries.forEach(entry -> assertThat(table.put(entry.thread, entry)).isNull());
    }

    private void remove(Entry entry) {
        table.replace(entry.thread, entry, null);
    }

    @Test
    void it_has_rows_each_twice_as_long_as_the_one_before() {
        assertThat(table.places()).isEqualTo(2);
        assertThat(table.taken()).isZero();

        putAll();
        assertThat(table.taken()).isEqualTo(THREADS);
        // 2 + 4 + ... + 2^n is two less than a power of two.
        assertThat(Integer.bitCount(table.places() + 2)).isOne();
        assertThat(table.places()).isGreaterThanOrEqualTo(THREADS);
    }

    @Test
    void N15_each_of_many_threads_finds_its_own_task() {
        putAll();
        assertThat(entries).allMatch(entry -> table.find(entry.thread) == entry.task);
    }

    @Test
    void N15_a_thread_that_was_not_put_in_finds_nothing() {
        putAll();
        assertThat(table.find(new Thread(() -> {}))).isNull();
    }

    @Test
    void N15_a_thread_finds_its_task_also_when_those_in_its_way_have_gone() {
        putAll();
        for (int i = 0; i < THREADS; i++) {
            remove(entries.get(i));
            assertThat(table.find(entries.get(i).thread)).isNull();
            assertThat(entries.subList(i + 1, THREADS)).allMatch(entry -> table.find(entry.thread) == entry.task);
        }
    }

    @Test
    void N15_J14_what_was_taken_out_is_forgotten_and_its_place_used_again() {
        for (int round = 0; round < 3; round++) {
            putAll();
            assertThat(table.places()).isLessThanOrEqualTo(THREADS * 24);
            assertThat(table.taken()).isEqualTo(THREADS);
            entries.forEach(this::remove);
            assertThat(table.taken()).isZero();
        }
    }

    @Test
    void N15_a_nested_task_hides_the_outer_one_until_it_is_taken_out() {
        putAll();
        Entry outer = entries.get(7);
        TaskRun<?> inner = (TaskRun<?>) group.go(() -> {});
        TaskHolder nested = self -> self == outer.thread ? inner : null;

        TaskHolder hidden = table.put(outer.thread, nested);
        assertThat(hidden).isSameAs(outer);
        assertThat(table.find(outer.thread)).isSameAs(inner);
        table.replace(outer.thread, nested, hidden);
        assertThat(table.find(outer.thread)).isSameAs(outer.task);
        assertThat(table.taken()).isEqualTo(THREADS);
    }

    /** The stack was too short for the nested task's end. */
    @Test
    void N15_a_nested_task_that_was_not_taken_out_goes_with_the_outer_one() {
        putAll();
        Entry outer = entries.get(7);
        table.put(outer.thread, self -> self == outer.thread ? outer.task : null);
        remove(outer);
        assertThat(table.find(outer.thread)).isNull();
        assertThat(table.taken()).isEqualTo(THREADS - 1);
    }
}
