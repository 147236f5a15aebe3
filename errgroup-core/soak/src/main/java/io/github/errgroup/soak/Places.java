package io.github.errgroup.soak;

import io.github.errgroup.TaskThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The executors and kinds of threads that tasks run on. */
final class Places {
    private static final int POOL_SIZE = 4;

    private final Violations violations;

    private final CountedThreads factory = new CountedThreads();

    private final ExecutorService pool = Executors.newFixedThreadPool(POOL_SIZE, body -> {
        Thread thread = new Thread(null, body, "soak-pool");
        thread.setDaemon(true);
        return thread;
    });

    private final ForkJoinPool forkJoin = new ForkJoinPool(POOL_SIZE);

    private final Map<Place, TaskThreads> threads;

    Places(Violations violations) {
        this.violations = violations;
        this.threads = Map.of(
                Place.AUTOMATIC, TaskThreads.automatic(),
                Place.PLATFORM, TaskThreads.platform("errgroup-"),
                Place.FACTORY, TaskThreads.from(factory),
                Place.POOL_OF_FOUR, TaskThreads.on(clean("the pool of four", pool)),
                Place.FORK_JOIN, TaskThreads.on(clean("the fork-join pool", forkJoin)),
                Place.CALLER_RUNS, TaskThreads.on(Runnable::run));
    }

    TaskThreads threads(Place place) {
        TaskThreads found = threads.get(place);
        if (found == null) {
            throw new IllegalArgumentException("place " + place + ": has no threads");
        }
        return found;
    }

    Place any(SplittableRandom random) {
        Place[] all = Place.values();
        return all[random.nextInt(all.length)];
    }

    /** Whether as many tasks can run at once as are started. */
    boolean isOwn(Place place) {
        return place == Place.AUTOMATIC || place == Place.PLATFORM || place == Place.FACTORY;
    }

    /** Threads of the counting factory that have not ended. */
    int countedAlive() {
        return factory.alive();
    }

    /** The pool, with a look at what each task leaves in its thread. */
    private Executor clean(String name, Executor executor) {
        return body -> executor.execute(() -> {
            body.run();
            if (Thread.interrupted()) {
                violations.broken("no task leaves its interrupt in a pool's thread", name + ", after a task");
            }
            if (ContextValue.current() != null) {
                violations.broken(
                        "no task leaves its context in a pool's thread", name + ": " + ContextValue.current());
                ContextValue.current(null);
            }
        });
    }

    /** Looks into each thread of the pools while the load stands still. */
    void check() throws InterruptedException {
        check("the pool of four", pool);
        check("the fork-join pool", forkJoin);
    }

    private void check(String name, ExecutorService executor) throws InterruptedException {
        CyclicBarrier all = new CyclicBarrier(POOL_SIZE);
        List<Future<String>> looks = new ArrayList<>();
        for (int i = 0; i < POOL_SIZE; i++) {
            looks.add(executor.submit(() -> {
                String left = Thread.currentThread().isInterrupted() ? "its interrupt flag is set " : "";
                left += ContextValue.current() == null ? "" : "it has " + ContextValue.current();
                all.await(10, TimeUnit.SECONDS);
                return left;
            }));
        }
        for (Future<String> look : looks) {
            try {
                String left = look.get(20, TimeUnit.SECONDS);
                if (!left.isEmpty()) {
                    violations.broken("a pool's threads are clean", name + ": " + left);
                }
            } catch (ExecutionException | TimeoutException e) {
                violations.broken("all threads of a pool are free when nothing runs", name, e);
            }
        }
    }

    void close() {
        pool.shutdownNow();
        forkJoin.shutdownNow();
    }
}
