package io.github.errgroup.benchmarks.rivals.preview;

import com.softwaremill.jox.structured.Fork;
import com.softwaremill.jox.structured.Scopes;
import io.github.errgroup.benchmarks.rivals.Feature;
import io.github.errgroup.benchmarks.rivals.IndexedFunction;
import io.github.errgroup.benchmarks.rivals.PreviewRival;
import io.github.errgroup.benchmarks.rivals.Rival;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/** jox: a supervised scope. The limit is a semaphore that the caller takes before {@code forkUser}. */
public final class JoxScope implements Rival {
    @Override
    public String id() {
        return PreviewRival.JOX.id();
    }

    @Override
    public String title() {
        return PreviewRival.JOX.title();
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.BLOCKING, Feature.CANCEL);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) throws Exception {
        Scopes.supervised(scope -> {
            for (int i = 0; i < tasks; i++) {
                scope.forkUser(task);
            }
            return true;
        });
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        Semaphore slots = new Semaphore(limit);
        Scopes.supervised(scope -> {
            for (int i = 0; i < tasks; i++) {
                slots.acquire();
                scope.forkUser(() -> {
                    try {
                        return task.call();
                    } finally {
                        slots.release();
                    }
                });
            }
            return true;
        });
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        return Scopes.supervised(scope -> {
            List<Fork<T>> forks = new ArrayList<>(items);
            for (int i = 0; i < items; i++) {
                int index = i;
                forks.add(scope.forkUser(() -> function.apply(index)));
            }
            List<T> values = new ArrayList<>(items);
            for (Fork<T> fork : forks) {
                values.add(fork.join());
            }
            return values;
        });
    }
}
