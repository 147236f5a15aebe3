package io.github.errgroup.benchmarks.rivals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One group of {@link CompletableFuture}s: {@code allOf} over {@code runAsync} or {@code supplyAsync}. What both rivals
 * on them share.
 */
final class Futures {
    private final Executor executor;
    private final Runnable stop;
    private final AtomicReference<@Nullable Exception> firstError = new AtomicReference<>();

    /**
     * Opens a group.
     *
     * @param executor where the tasks run
     * @param stop called at the first failure, in the failing task; may make the executor reject further tasks
     */
    Futures(Executor executor, Runnable stop) {
        this.executor = executor;
        this.stop = stop;
    }

    void all(int tasks, Callable<Boolean> task) {
        CompletableFuture<?>[] futures = new CompletableFuture<?>[tasks];
        try {
            for (int i = 0; i < tasks; i++) {
                futures[i] = CompletableFuture.runAsync(() -> run(task), executor);
            }
        } catch (RejectedExecutionException stopped) {
            throw new CompletionException(firstError.get());
        }
        CompletableFuture.allOf(futures).join();
    }

    void limited(int tasks, int limit, Callable<Boolean> task) throws InterruptedException {
        Semaphore slots = new Semaphore(limit);
        all(tasks, slots, () -> {
            try {
                return task.call();
            } finally {
                slots.release();
            }
        });
    }

    private void all(int tasks, Semaphore slots, Callable<Boolean> task) throws InterruptedException {
        CompletableFuture<?>[] futures = new CompletableFuture<?>[tasks];
        try {
            for (int i = 0; i < tasks; i++) {
                slots.acquire();
                futures[i] = CompletableFuture.runAsync(() -> run(task), executor);
            }
        } catch (RejectedExecutionException stopped) {
            throw new CompletionException(firstError.get());
        }
        CompletableFuture.allOf(futures).join();
    }

    <T> List<T> map(int items, IndexedFunction<T> function) {
        List<CompletableFuture<T>> futures = new ArrayList<>(items);
        try {
            for (int i = 0; i < items; i++) {
                int index = i;
                futures.add(CompletableFuture.supplyAsync(() -> apply(function, index), executor));
            }
        } catch (RejectedExecutionException stopped) {
            throw new CompletionException(firstError.get());
        }
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
        List<T> values = new ArrayList<>(items);
        for (CompletableFuture<T> future : futures) {
            values.add(future.join());
        }
        return values;
    }

    private void run(Callable<Boolean> task) {
        try {
            task.call();
        } catch (Exception failure) {
            throw failed(failure);
        }
    }

    private <T> T apply(IndexedFunction<T> function, int index) {
        try {
            return function.apply(index);
        } catch (Exception failure) {
            throw failed(failure);
        }
    }

    private CompletionException failed(Exception failure) {
        if (firstError.compareAndSet(null, failure)) {
            stop.run();
        }
        return new CompletionException(failure);
    }
}
