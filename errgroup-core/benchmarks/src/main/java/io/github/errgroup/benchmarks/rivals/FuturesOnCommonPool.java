package io.github.errgroup.benchmarks.rivals;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;

/**
 * CompletableFuture on the common pool: few platform threads, so tasks that block are out of the question, and nothing
 * is cancelled.
 */
public final class FuturesOnCommonPool implements Rival {
    @Override
    public String id() {
        return "completable-future-common-pool";
    }

    @Override
    public String title() {
        return "CompletableFuture, common pool";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) {
        new Futures(ForkJoinPool.commonPool(), () -> {}).all(tasks, task);
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        new Futures(ForkJoinPool.commonPool(), () -> {}).limited(tasks, limit, task);
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) {
        return new Futures(ForkJoinPool.commonPool(), () -> {}).map(items, function);
    }
}
