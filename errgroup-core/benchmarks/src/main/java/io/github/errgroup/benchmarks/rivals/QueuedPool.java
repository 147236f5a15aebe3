package io.github.errgroup.benchmarks.rivals;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A fixed pool of platform threads with a queue of 100 that blocks its caller. One wake-up serves many tasks; in return the
 * caller is up to 100 tasks ahead.
 */
public final class QueuedPool implements Rival {
    @Override
    public String id() {
        return "queued-pool";
    }

    @Override
    public String title() {
        return "fixed pool, queue of 100";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.SMALL_LIMIT);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) {
        throw new UnsupportedOperationException(id() + " runs nothing without a limit");
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        AtomicReference<@Nullable Exception> firstError = new AtomicReference<>();
        ArrayBlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(100);
        try (ExecutorService pool = new ThreadPoolExecutor(
                limit, limit, 0, TimeUnit.SECONDS, queue, (command, full) -> putIn(queue, command))) {
            for (int i = 0; i < tasks && firstError.get() == null; i++) {
                pool.execute(() -> {
                    try {
                        task.call();
                    } catch (Exception failure) {
                        firstError.compareAndSet(null, failure);
                    }
                });
            }
        }
        Exception failure = firstError.get();
        if (failure != null) {
            throw failure;
        }
    }

    private static void putIn(ArrayBlockingQueue<Runnable> queue, Runnable command) {
        try {
            queue.put(command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException("interrupted while the queue was full", e);
        }
    }
}
