package io.github.errgroup.benchmarks.rivals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's executor with a virtual thread per task, and {@code invokeAll}. As that waits for every task, a failing one
 * shuts the executor down itself. The limit is a semaphore inside the tasks, since {@code invokeAll} takes them all at
 * once.
 */
public final class InvokeAll implements Rival {
    @Override
    public String id() {
        return "invoke-all";
    }

    @Override
    public String title() {
        return "virtual thread executor, invokeAll";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.POOL, Feature.BLOCKING, Feature.CANCEL);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicReference<@Nullable Exception> firstError = new AtomicReference<>();
            List<Callable<Boolean>> calls = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                calls.add(() -> call(task, firstError, executor));
            }
            invoke(calls, firstError, executor);
        }
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        Semaphore slots = new Semaphore(limit);
        all(tasks, () -> {
            slots.acquire();
            try {
                return task.call();
            } finally {
                slots.release();
            }
        });
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicReference<@Nullable Exception> firstError = new AtomicReference<>();
            List<Callable<T>> calls = new ArrayList<>(items);
            for (int i = 0; i < items; i++) {
                int index = i;
                calls.add(() -> call(() -> function.apply(index), firstError, executor));
            }
            return invoke(calls, firstError, executor);
        }
    }

    @Override
    public void onPool(ExecutorService pool, int tasks, Callable<Boolean> task) throws Exception {
        AtomicReference<@Nullable Exception> firstError = new AtomicReference<>();
        values(pool.invokeAll(Collections.nCopies(tasks, task)), firstError);
    }

    private static <T> T call(
            Callable<T> task, AtomicReference<@Nullable Exception> firstError, ExecutorService executor)
            throws Exception {
        try {
            return task.call();
        } catch (Exception failure) {
            if (firstError.compareAndSet(null, failure)) {
                executor.shutdownNow();
            }
            throw failure;
        }
    }

    private static <T> List<T> invoke(
            List<Callable<T>> calls, AtomicReference<@Nullable Exception> firstError, ExecutorService executor)
            throws Exception {
        try {
            return values(executor.invokeAll(calls), firstError);
        } catch (RejectedExecutionException shutDown) {
            Exception first = firstError.get();
            throw first != null ? first : shutDown;
        }
    }

    private static <T> List<T> values(List<Future<T>> futures, AtomicReference<@Nullable Exception> firstError)
            throws Exception {
        List<T> values = new ArrayList<>(futures.size());
        for (Future<T> future : futures) {
            try {
                values.add(future.get());
            } catch (ExecutionException | CancellationException ended) {
                Exception first = firstError.get();
                throw first != null ? first : ended;
            }
        }
        return values;
    }
}
