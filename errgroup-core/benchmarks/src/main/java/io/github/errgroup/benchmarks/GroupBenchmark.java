package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.rivals.Rival;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One scenario run by one rival, over and over; a score is the time of a batch of runs. A virtual caller is a new
 * thread per batch, as it is per request in a server: in one that outlives a collection every park allocates, whatever
 * is measured. The batch is so large that the thread itself does not count.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupBenchmark {
    /** Which {@link Scenario}. */
    @Param("three-tasks")
    public String scenario = Scenario.THREE_TASKS.id();

    /** Which {@link Rival}. */
    @Param("by-hand")
    public String rival = Rivals.REFERENCE;

    /** How many tasks a run has. */
    @Param("3")
    public int tasks;

    /** How many runs a batch has. */
    @Param("10000")
    public int batch;

    /** Whose thread runs the batch: virtual or platform. */
    @Param("virtual")
    public String caller = "virtual";

    /** See {@link Bench#tokensOfTenMicroseconds()}. */
    @Param("4000")
    public long tokens;

    private final ExecutorService pool = Executors.newFixedThreadPool(4);

    private Scenario running = Scenario.THREE_TASKS;
    private Rival runner = Rivals.named(Rivals.REFERENCE);
    private Bench bench = new Bench(1, 1, pool);
    private boolean virtual;

    /** Finds the scenario and the rival. */
    @Setup
    public void open() {
        running = Scenario.named(scenario);
        runner = Rivals.named(rival);
        bench = new Bench(tasks, tokens, pool);
        virtual = caller.equals("virtual");
    }

    /** Ends the pool's threads. */
    @TearDown
    public void close() {
        pool.shutdown();
    }

    /**
     * One batch.
     *
     * @return something that depends on the work
     * @throws Exception what the rival threw
     */
    @Benchmark
    public Object run() throws Exception {
        if (!virtual) {
            return runBatch();
        }
        FutureTask<Object> inVirtualThread = new FutureTask<>(this::runBatch);
        Thread.startVirtualThread(inVirtualThread);
        return inVirtualThread.get();
    }

    private Object runBatch() throws Exception {
        Object last = running.run(runner, bench);
        for (int i = 1; i < batch; i++) {
            last = running.run(runner, bench);
        }
        return last;
    }
}
