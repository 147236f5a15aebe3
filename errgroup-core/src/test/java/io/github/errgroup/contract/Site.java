package io.github.errgroup.contract;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.TaskThreads;
import io.github.errgroup.contract.EveryThird.Fate;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One test's workplace, with the pool behind it if there is one. Watches that no command leaves a flag behind. */
final class Site {
    private static final ThreadFactory DAEMONS = command -> {
        Thread thread = new Thread(command, "site");
        thread.setDaemon(true);
        return thread;
    };

    private final UnaryOperator<ErrGroupOptions.Builder> furnish;

    private final @Nullable ExecutorService pool;

    private final @Nullable EveryThird everyThird;

    private final AtomicInteger flagsLeft = new AtomicInteger();

    Site(Workplace workplace) {
        this.pool = poolOf(workplace);
        this.everyThird = pool == null ? null : lossOf(workplace, watched(pool));
        this.furnish = furnish(workplace);
    }

    /** The options with this place as the one where tasks run. */
    ErrGroupOptions.Builder furnish(ErrGroupOptions.Builder options) {
        return furnish.apply(options);
    }

    /** The pool that was handed in. */
    ExecutorService pool() {
        if (pool == null) {
            throw new IllegalStateException("no pool here");
        }
        return pool;
    }

    /** How many tasks the executor rejected or dropped. */
    int lost() {
        return everyThird == null ? 0 : everyThird.lost();
    }

    /** How many commands of the engine left the interrupt flag set on a worker of the pool. */
    int flagsLeft() {
        return flagsLeft.get();
    }

    /** Waits until all commands have ended, then ends the pool. */
    void leave() throws InterruptedException {
        if (pool != null) {
            pool.shutdown();
            if (!pool.awaitTermination(10, SECONDS)) {
                pool.shutdownNow();
                throw new AssertionError("a command never ended");
            }
        }
    }

    private UnaryOperator<ErrGroupOptions.Builder> furnish(Workplace workplace) {
        return switch (workplace) {
            case VIRTUAL_THREADS -> o -> o.threads(TaskThreads.virtual("contract-"));
            case PLATFORM_THREADS ->
                o -> o.threads(TaskThreads.platform("contract-")).reuseThreads(false);
            case REUSED_PLATFORM_THREADS ->
                o -> o.threads(TaskThreads.platform("contract-")).reuseThreads(true);
            case IN_THE_CALLER -> on(Runnable::run);
            case REJECTS_EVERY_THIRD, DROPS_EVERY_THIRD -> on(everyThird);
            case POOL_OF_ONE, POOL_OF_FOUR_WITH_A_QUEUE_OF_TWO, FORK_JOIN_POOL -> on(watched(pool()));
        };
    }

    private static UnaryOperator<ErrGroupOptions.Builder> on(@Nullable Executor executor) {
        TaskThreads threads = TaskThreads.on(java.util.Objects.requireNonNull(executor));
        return o -> o.threads(threads);
    }

    private Executor watched(Executor executor) {
        return command -> executor.execute(() -> {
            command.run();
            if (Thread.currentThread().isInterrupted()) {
                flagsLeft.incrementAndGet();
            }
        });
    }

    private static @Nullable ExecutorService poolOf(Workplace workplace) {
        return switch (workplace) {
            case POOL_OF_ONE -> Executors.newFixedThreadPool(1, DAEMONS);
            case POOL_OF_FOUR_WITH_A_QUEUE_OF_TWO ->
                new ThreadPoolExecutor(
                        4, 4, 0, SECONDS, new ArrayBlockingQueue<>(2), DAEMONS, new ThreadPoolExecutor.AbortPolicy());
            case FORK_JOIN_POOL -> new ForkJoinPool(4);
            case REJECTS_EVERY_THIRD, DROPS_EVERY_THIRD -> Executors.newCachedThreadPool(DAEMONS);
            default -> null;
        };
    }

    private static @Nullable EveryThird lossOf(Workplace workplace, Executor executor) {
        return switch (workplace) {
            case REJECTS_EVERY_THIRD -> new EveryThird(executor, Fate.REJECTED);
            case DROPS_EVERY_THIRD -> new EveryThird(executor, Fate.DROPPED);
            default -> null;
        };
    }
}
