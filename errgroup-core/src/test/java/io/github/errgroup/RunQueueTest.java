package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.FieldLayout;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RunQueueTest {
    private static final int CACHE_LINE = 64;

    private final ErrGroup group = ErrGroup.open();

    private final RunQueue queue = new RunQueue();

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void tasks_are_taken_in_the_order_in_which_they_were_added() {
        TaskRun<?>[] tasks = tasks(5);

        assertThat(queue.isEmpty()).isTrue();
        queue.add(tasks[0]);
        queue.add(tasks[1]);
        queue.add(tasks[2]);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(taken(2)).containsExactly(tasks[0], tasks[1]);
        queue.add(tasks[3]);
        assertThat(taken(1)).containsExactly(tasks[2]);
        assertThat(queue.isEmpty()).as("one was pushed meanwhile").isFalse();
        queue.add(tasks[4]);
        assertThat(taken(3)).containsExactly(tasks[3], tasks[4], null);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void a_visitor_sees_the_turned_round_tasks_and_the_pushed_ones() {
        TaskRun<?>[] tasks = tasks(4);
        Arrays.stream(tasks, 0, 3).forEach(queue::add);
        taken(1);
        queue.add(tasks[3]);

        Stream.Builder<TaskRun<?>> seen = Stream.builder();
        queue.forEach(seen::add);

        assertThat(seen.build()).containsExactlyInAnyOrder(tasks[1], tasks[2], tasks[3]);
    }

    /** Else each task pushed takes the cache line from the worker, and each one taken takes it back. */
    @Test
    void what_submitters_write_lies_on_a_cache_line_of_its_own() {
        ClassLayout layout = ClassLayout.parseClass(RunQueue.class);
        FieldLayout pushed = field(layout, "pushed");
        FieldLayout turned = field(layout, "turned");
        FieldLayout token = field(layout, "token");

        assertThat(pushed.offset()).as("from the object before, in %s", layout).isGreaterThanOrEqualTo(CACHE_LINE);
        assertThat(Math.min(turned.offset(), token.offset()) - (pushed.offset() + pushed.size()))
                .as("to what workers write, in %s", layout)
                .isGreaterThanOrEqualTo(CACHE_LINE);
    }

    private @Nullable TaskRun<?>[] taken(int count) {
        return Stream.generate(queue::poll).limit(count).toArray(TaskRun<?>[]::new);
    }

    private static FieldLayout field(ClassLayout layout, String name) {
        return layout.fields().stream()
                .filter(field -> field.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private TaskRun<?>[] tasks(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new TaskRun<Integer>(group.engine(), null, (ThrowingRunnable) () -> {}))
                .toArray(TaskRun<?>[]::new);
    }
}
