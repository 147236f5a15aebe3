package io.github.errgroup.spring.micrometer;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What the starter's meters cost a task: the difference of the first two scores. The third is the floor that Micrometer
 * sets, one recorded time. Run it with {@code java -jar errgroup-core/benchmarks/target/benchmarks.jar MetersBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetersBenchmark {
    private static final int TASKS = 10_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private final ErrGroupOptions without =
            ErrGroupOptions.builder().reuseThreads(true).build();

    private final ErrGroupOptions with = without.toBuilder()
            .listener(new GroupMeters(new MeterLease(registry), "benchmark", () -> -1, () -> -1))
            .build();

    private final Timer timer = registry.timer("floor");

    /** Ten thousand tasks, no listener. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void withoutMeters() throws InterruptedException {
        run(without);
    }

    /** The same, with all meters on. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void withMeters() throws InterruptedException {
        run(with);
    }

    /** One time recorded. */
    @Benchmark
    public void recordOneTime() {
        timer.record(1, TimeUnit.MICROSECONDS);
    }

    private static void run(ErrGroupOptions options) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(options)) {
            for (int i = 0; i < TASKS; i++) {
                group.go(() -> {});
            }
            group.await();
        }
    }
}
