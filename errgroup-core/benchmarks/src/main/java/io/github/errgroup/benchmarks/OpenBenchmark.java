package io.github.errgroup.benchmarks;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Opening and closing a group without tasks, and what it adds to remember the place: see
 * {@link ErrGroupOptions#captureOpener(boolean)}. Run it with
 * {@code java -jar errgroup-core/benchmarks/target/benchmarks.jar OpenBenchmark -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OpenBenchmark {
    /** Whether the place is captured. */
    @Param({"false", "true"})
    public boolean captureOpener;

    /** How many calls of user code are on the stack. */
    @Param({"1", "50"})
    public int depth = 1;

    private ErrGroupOptions options = ErrGroupOptions.defaults();

    /** Makes the settings, which users make once as well. */
    @Setup
    public void prepare() {
        options = ErrGroupOptions.builder().captureOpener(captureOpener).build();
    }

    /**
     * Opens and closes.
     *
     * @return the group
     */
    @Benchmark
    public ErrGroup openAndClose() {
        return below(depth);
    }

    private ErrGroup below(int calls) {
        if (calls > 1) {
            return below(calls - 1);
        }
        try (ErrGroup group = ErrGroup.open(options)) {
            return group;
        }
    }
}
