package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.rivals.Rival;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One task fails while all others are blocked: the time from that failure until the group has returned. Starting the
 * tasks is not timed; the bytes allocated include it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CancelBenchmark {
    /** How many tasks, the failing one included. */
    static final int TASKS = 10_000;

    /** How the others are blocked: an {@link Ending}. */
    @Param("cancel")
    public String ending = Ending.CANCEL.id();

    /** Which {@link Rival}. */
    @Param("by-hand")
    public String rival = Rivals.REFERENCE;

    private CountDownLatch fail = new CountDownLatch(1);
    private FutureTask<Boolean> group = new FutureTask<>(() -> true);

    /**
     * Starts the group in a virtual thread of its own, and returns when every task has started.
     *
     * @throws InterruptedException never
     */
    @Setup(Level.Invocation)
    public void block() throws InterruptedException {
        Rival runner = Rivals.named(rival);
        Ending blocking = Ending.named(ending)
                .orElseThrow(() -> new IllegalArgumentException("ending '" + ending + "': there is none of that name"));
        CountDownLatch blocked = new CountDownLatch(TASKS - 1);
        CountDownLatch failNow = new CountDownLatch(1);
        fail = failNow;
        group = new FutureTask<>(() -> {
            try {
                AtomicInteger arrived = new AtomicInteger();
                runner.all(TASKS, () -> {
                    if (arrived.getAndIncrement() == TASKS / 2) {
                        failNow.await();
                        throw new Exception("planted");
                    }
                    blocked.countDown();
                    blocking.block();
                    return true;
                });
            } catch (Exception expected) {
                return true;
            }
            throw new IllegalStateException(rival + ": the failure is lost");
        });
        Thread.startVirtualThread(group);
        blocked.await();
    }

    /**
     * Fails, and waits for the group's end.
     *
     * @return true
     * @throws Exception the failure was lost
     */
    @Benchmark
    public boolean cancel() throws Exception {
        fail.countDown();
        return group.get();
    }
}
