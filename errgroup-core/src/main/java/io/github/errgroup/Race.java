package io.github.errgroup;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The items of {@link ErrGroups#any(String, int, Iterable, ThrowingFunction)}, each in a task, until enough have succeeded. */
final class Race {
    private Race() {}

    /** Returns the first k results, in the order in which they came. */
    static <T extends @Nullable Object, R extends @Nullable Object> List<R> run(
            ErrGroup group, int k, List<T> items, ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        // Each before its task is counted: one that comes in after the last that was enough stands behind it.
        Queue<Integer> ended = new ConcurrentLinkedQueue<>();
        Iterable<Integer> places = () -> IntStream.range(0, items.size()).iterator();
        List<Subtask<R>> tasks = group.map(places, place -> {
            R result = function.apply(items.get(place));
            ended.add(place);
            return result;
        });
        group.await();
        return ended.stream()
                .map(tasks::get)
                .filter(task -> task.state() == Subtask.State.SUCCEEDED)
                .limit(k)
                .<R>map(Subtask::get)
                .toList();
    }
}
