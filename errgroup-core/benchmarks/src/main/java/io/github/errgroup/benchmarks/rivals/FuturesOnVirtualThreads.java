package io.github.errgroup.benchmarks.rivals;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * CompletableFuture on the JDK's executor with a virtual thread per task, opened for each group. As a
 * CompletableFuture interrupts nobody, a failing task shuts that executor down.
 */
public final class FuturesOnVirtualThreads implements Rival {
    @Override
    public String id() {
        return "completable-future-virtual";
    }

    @Override
    public String title() {
        return "CompletableFuture, virtual threads";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.POOL, Feature.BLOCKING, Feature.CANCEL);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            new Futures(executor, executor::shutdownNow).all(tasks, task);
        }
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            new Futures(executor, executor::shutdownNow).limited(tasks, limit, task);
        }
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            return new Futures(executor, executor::shutdownNow).map(items, function);
        }
    }

    @Override
    public void onPool(ExecutorService pool, int tasks, Callable<Boolean> task) {
        new Futures(pool, () -> {}).all(tasks, task);
    }
}
