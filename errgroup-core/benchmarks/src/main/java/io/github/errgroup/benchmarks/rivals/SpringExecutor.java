package io.github.errgroup.benchmarks.rivals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Spring's SimpleAsyncTaskExecutor on virtual threads, with its own concurrency limit, and a future per task. It is
 * made per group, so that the limit is the group's; cancelled futures do not tell when their tasks have ended.
 */
public final class SpringExecutor implements Rival {
    @Override
    public String id() {
        return "spring-simple-async";
    }

    @Override
    public String title() {
        return "Spring SimpleAsyncTaskExecutor";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.BLOCKING);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) throws Exception {
        limited(tasks, SimpleAsyncTaskExecutor.UNBOUNDED_CONCURRENCY, task);
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        try (SimpleAsyncTaskExecutor executor = executor(limit)) {
            List<Future<Boolean>> futures = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                futures.add(executor.submit(task));
            }
            values(futures);
        }
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        try (SimpleAsyncTaskExecutor executor = executor(SimpleAsyncTaskExecutor.UNBOUNDED_CONCURRENCY)) {
            List<Future<T>> futures = new ArrayList<>(items);
            for (int i = 0; i < items; i++) {
                int index = i;
                futures.add(executor.submit(() -> function.apply(index)));
            }
            return values(futures);
        }
    }

    private static SimpleAsyncTaskExecutor executor(int limit) {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
        executor.setVirtualThreads(true);
        executor.setConcurrencyLimit(limit);
        return executor;
    }

    private static <T> List<T> values(List<Future<T>> futures) throws Exception {
        List<T> values = new ArrayList<>(futures.size());
        for (Future<T> future : futures) {
            try {
                values.add(future.get());
            } catch (ExecutionException | CancellationException failure) {
                futures.forEach(other -> other.cancel(true));
                throw failure;
            }
        }
        return values;
    }
}
