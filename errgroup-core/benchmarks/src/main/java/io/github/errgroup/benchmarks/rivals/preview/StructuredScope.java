package io.github.errgroup.benchmarks.rivals.preview;

import io.github.errgroup.benchmarks.rivals.Feature;
import io.github.errgroup.benchmarks.rivals.IndexedFunction;
import io.github.errgroup.benchmarks.rivals.PreviewRival;
import io.github.errgroup.benchmarks.rivals.Rival;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;

/**
 * The JDK's structured concurrency, as JDK 25 previews it. The limit is a semaphore that the caller takes before
 * {@code fork}. Only the owner may fork.
 */
public final class StructuredScope implements Rival {
    @Override
    public String id() {
        return PreviewRival.STRUCTURED_SCOPE.id();
    }

    @Override
    public String title() {
        return PreviewRival.STRUCTURED_SCOPE.title();
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.BLOCKING, Feature.CANCEL);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) throws Exception {
        try (var scope = StructuredTaskScope.open(Joiner.<Boolean>awaitAllSuccessfulOrThrow())) {
            for (int i = 0; i < tasks; i++) {
                scope.fork(task);
            }
            scope.join();
        }
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        Semaphore slots = new Semaphore(limit);
        try (var scope = StructuredTaskScope.open(Joiner.<Boolean>awaitAllSuccessfulOrThrow())) {
            for (int i = 0; i < tasks; i++) {
                slots.acquire();
                if (scope.isCancelled()) {
                    break;
                }
                scope.fork(() -> {
                    try {
                        return task.call();
                    } finally {
                        slots.release();
                    }
                });
            }
            scope.join();
        }
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        try (var scope = StructuredTaskScope.open(Joiner.<T>allSuccessfulOrThrow())) {
            for (int i = 0; i < items; i++) {
                int index = i;
                scope.fork(() -> function.apply(index));
            }
            return scope.join().map(Subtask::get).toList();
        }
    }
}
