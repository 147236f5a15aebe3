package io.github.errgroup.benchmarks.rivals;

import static java.util.stream.Collectors.toList;

import com.pivovarit.collectors.ParallelCollectors;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * parallel-collectors on virtual threads, its default. With a limit a dispatcher thread of its own keeps it, behind a
 * queue without bound: the caller is not blocked. A failure interrupts nobody that runs.
 */
public final class ParallelCollectorsStream implements Rival {
    @Override
    public String id() {
        return "parallel-collectors";
    }

    @Override
    public String title() {
        return "parallel-collectors";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.POOL, Feature.BLOCKING);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) {
        map(tasks, index -> task.call());
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) {
        IntStream.range(0, tasks)
                .boxed()
                .collect(ParallelCollectors.parallel(unchecked(index -> task.call()), toList(), limit))
                .join();
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) {
        return IntStream.range(0, items)
                .boxed()
                .collect(ParallelCollectors.parallel(unchecked(function), toList()))
                .join();
    }

    @Override
    public void onPool(ExecutorService pool, int tasks, Callable<Boolean> task) {
        IntStream.range(0, tasks)
                .boxed()
                .collect(ParallelCollectors.parallel(unchecked(index -> task.call()), toList(), pool))
                .join();
    }

    private static <T> Function<Integer, T> unchecked(IndexedFunction<T> function) {
        return index -> {
            try {
                return function.apply(index);
            } catch (Exception failure) {
                throw new CompletionException(failure);
            }
        };
    }
}
