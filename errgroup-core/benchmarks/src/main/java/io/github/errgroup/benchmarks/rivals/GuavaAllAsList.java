package io.github.errgroup.benchmarks.rivals;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ListeningExecutorService;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Guava's {@code allAsList} on the JDK's executor with a virtual thread per task. {@code allAsList} fails at the first
 * failure and cancels nobody; then the executor is shut down, and closing it waits.
 */
public final class GuavaAllAsList implements Rival {
    @Override
    public String id() {
        return "guava";
    }

    @Override
    public String title() {
        return "Guava allAsList, virtual threads";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.POOL, Feature.BLOCKING, Feature.CANCEL);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            ListeningExecutorService listening = MoreExecutors.listeningDecorator(executor);
            List<ListenableFuture<Boolean>> futures = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                futures.add(listening.submit(task));
            }
            await(futures, executor);
        }
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        Semaphore slots = new Semaphore(limit);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            ListeningExecutorService listening = MoreExecutors.listeningDecorator(executor);
            List<ListenableFuture<Boolean>> futures = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                slots.acquire();
                futures.add(listening.submit(() -> {
                    try {
                        return task.call();
                    } finally {
                        slots.release();
                    }
                }));
            }
            await(futures, executor);
        }
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            ListeningExecutorService listening = MoreExecutors.listeningDecorator(executor);
            List<ListenableFuture<T>> futures = new ArrayList<>(items);
            for (int i = 0; i < items; i++) {
                int index = i;
                futures.add(listening.submit(() -> function.apply(index)));
            }
            return await(futures, executor);
        }
    }

    @Override
    public void onPool(ExecutorService pool, int tasks, Callable<Boolean> task) throws Exception {
        ListeningExecutorService listening = MoreExecutors.listeningDecorator(pool);
        List<ListenableFuture<Boolean>> futures = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            futures.add(listening.submit(task));
        }
        Futures.allAsList(futures).get();
    }

    private static <T> List<T> await(List<ListenableFuture<T>> futures, ExecutorService executor)
            throws ExecutionException, InterruptedException {
        try {
            return Futures.allAsList(futures).get();
        } catch (ExecutionException failure) {
            executor.shutdownNow();
            throw failure;
        }
    }
}
