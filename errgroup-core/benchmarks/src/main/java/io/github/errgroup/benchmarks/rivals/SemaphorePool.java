package io.github.errgroup.benchmarks.rivals;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore before a fixed pool: what is written by hand on Java 17.
 *
 * @param id the name in results
 * @param title the name in pictures
 * @param threads makes the pool's threads
 */
public record SemaphorePool(String id, String title, ThreadFactory threads) implements Rival {
    /**
     * As it is written on Java 17.
     *
     * @return the rival
     */
    public static SemaphorePool platformThreads() {
        return new SemaphorePool("semaphore-pool", "semaphore and fixed pool", Executors.defaultThreadFactory());
    }

    /**
     * The same with virtual threads in the pool, beside groups that reuse theirs.
     *
     * @return the rival
     */
    public static SemaphorePool virtualThreads() {
        return new SemaphorePool(
                "semaphore-pool-virtual",
                "semaphore and pool, virtual threads",
                Thread.ofVirtual().factory());
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
        Semaphore slots = new Semaphore(limit);
        try (ExecutorService pool = Executors.newFixedThreadPool(limit, threads)) {
            for (int i = 0; i < tasks && firstError.get() == null; i++) {
                slots.acquire();
                pool.execute(() -> {
                    try {
                        task.call();
                    } catch (Exception failure) {
                        firstError.compareAndSet(null, failure);
                    } finally {
                        slots.release();
                    }
                });
            }
        }
        Exception failure = firstError.get();
        if (failure != null) {
            throw failure;
        }
    }
}
