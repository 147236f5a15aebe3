package io.github.errgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The items of {@link ErrGroups#any(String, int, Iterable, ThrowingFunction)}, each in a task, until enough have succeeded. */
final class Race {
    private Race() {}

    /** Runs a race in a group of its own, and returns the first k results, in the order in which they came. */
    static <T extends @Nullable Object, R extends @Nullable Object> List<R> run(
            ErrGroups groups,
            String name,
            int k,
            Iterable<? extends T> items,
            @Nullable Function<? super T, String> itemName,
            ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        Objects.requireNonNull(function, "function");
        List<T> all = new ArrayList<>();
        Objects.requireNonNull(items, "items").forEach(all::add);
        int count = all.size();
        if (k < 1 || k > count) {
            throw new IllegalArgumentException("any " + k + " in group '" + name
                    + "': must be at least 1 and at most the number of items, " + count);
        }
        ErrGroup group = groups.open(name, o -> o.cancelOnError(true).enough(k).tolerate(count - k));
        return ErrGroup.call(group, race -> run(race, k, all, itemName, function));
    }

    private static <T extends @Nullable Object, R extends @Nullable Object> List<R> run(
            ErrGroup group,
            int k,
            List<T> items,
            @Nullable Function<? super T, String> itemName,
            ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        // Each before its task is counted: one that comes in after the last that was enough stands behind it.
        Queue<Integer> ended = new ConcurrentLinkedQueue<>();
        Iterable<Integer> places = () -> IntStream.range(0, items.size()).iterator();
        ThrowingFunction<Integer, R> noted = place -> {
            R result = function.apply(items.get(place));
            ended.add(place);
            return result;
        };
        List<Subtask<R>> tasks = itemName == null
                ? group.map(places, noted)
                : group.map(places, place -> itemName.apply(items.get(place)), noted);
        group.await();
        return ended.stream()
                .map(tasks::get)
                .filter(task -> task.state() == Subtask.State.SUCCEEDED)
                .limit(k)
                .<R>map(Subtask::get)
                .toList();
    }
}
