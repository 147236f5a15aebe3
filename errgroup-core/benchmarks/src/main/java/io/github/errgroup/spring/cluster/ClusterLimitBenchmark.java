package io.github.errgroup.spring.cluster;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.spring.ConfiguredGroup;
import io.github.errgroup.spring.ErrGroupRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * What a cluster limit costs a task (N14): the difference of the two scores, each of 100,000 empty tasks with a limit of 10 from
 * one virtual thread. A name's share is leased every third of the default lease, from what stands for Redis; no task asks it.
 * Run it with {@code java -jar errgroup-core/benchmarks/target/benchmarks.jar ClusterLimitBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClusterLimitBenchmark {
    private static final String NAME = "supplier";

    private static final int LIMIT = 10;

    private static final int TASKS = 100_000;

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final ErrGroupRegistry registry = new ErrGroupRegistry(
            List.of(NAME),
            name -> new ConfiguredGroup(
                    ErrGroupOptions.builder().name(name).build(), "virtual", false, name.equals(NAME) ? LIMIT : null),
            Duration.ofSeconds(-1),
            null);

    private final RedisClusterLimits limits = new RedisClusterLimits(registry, new OneInstance(), LEASE, "", false);

    private final ErrGroupOptions plain =
            ErrGroupOptions.builder().sharedLimit(new SharedLimit(LIMIT)).build();

    private final ErrGroupOptions leased =
            ErrGroupOptions.builder().sharedLimit(registry.sharedLimit(NAME)).build();

    /** Leases a share. */
    @Setup
    public void start() {
        limits.start();
    }

    /** Gives it back. */
    @TearDown
    public void stop() {
        limits.stop();
    }

    /** Under a shared limit of this JVM. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void sharedLimit() throws Exception {
        run(plain);
    }

    /** Under the share of a cluster limit. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void clusterLimit() throws Exception {
        run(leased);
    }

    private static void run(ErrGroupOptions options) throws Exception {
        FutureTask<Void> caller = new FutureTask<>(() -> {
            try (ErrGroup group = ErrGroup.open(options)) {
                for (int i = 0; i < TASKS; i++) {
                    group.go(() -> {});
                }
                group.await();
            }
            return null;
        });
        Thread.startVirtualThread(caller);
        caller.get();
    }

    /** Answers as the script does where there is one instance: with what it could use, and half of the rest. */
    private static final class OneInstance extends StringRedisTemplate {
        @Override
        @SuppressWarnings("unchecked")
        public <T> T execute(RedisScript<T> script, List<String> keys, Object... arguments) {
            long demand = Long.parseLong((String) arguments[3]);
            return (T) List.of(demand + (LIMIT - demand) / 2, (long) LIMIT, 0L, 0L, 0L);
        }
    }
}
