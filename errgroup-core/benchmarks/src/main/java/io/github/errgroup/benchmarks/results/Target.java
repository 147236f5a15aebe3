package io.github.errgroup.benchmarks.results;

import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What one of our rows must reach.
 *
 * @param scenario the scenario's id
 * @param caller virtual or platform
 * @param rival which of ours
 * @param against whose time it is a ratio to
 * @param setting "one" processor or "both"
 * @param kind what is bounded
 * @param bound the highest value that meets the target
 */
public record Target(
        String scenario, String caller, String rival, String against, String setting, Kind kind, double bound) {
    private static final String FRESH = "errgroup-fresh";
    private static final String REUSE = "errgroup-reuse";
    private static final String ONE = "one";
    private static final String BOTH = "both";
    private static final String VIRTUAL = "virtual";
    private static final String PLATFORM = "platform";
    private static final String SEMAPHORE = "semaphore-pool";
    private static final String QUEUE = "queued-pool";

    private static final List<Target> ALL = List.of(
            new Target("three-tasks", VIRTUAL, FRESH, ONE, Kind.TIME, 1.05),
            new Target("three-tasks", VIRTUAL, FRESH, BOTH, Kind.TIME, 1.10),
            new Target("three-tasks", VIRTUAL, FRESH, ONE, Kind.BYTES, 1_250),
            new Target("three-tasks", VIRTUAL, REUSE, ONE, Kind.TIME, 0.75),
            new Target("three-tasks", VIRTUAL, REUSE, BOTH, Kind.TIME, 0.70),
            new Target("three-tasks", VIRTUAL, REUSE, ONE, Kind.BYTES, 650),
            new Target("three-tasks", PLATFORM, FRESH, ONE, Kind.TIME, 1.05),
            new Target("three-tasks", PLATFORM, FRESH, BOTH, Kind.TIME, 1.15),
            new Target("three-tasks-observed", VIRTUAL, FRESH, ONE, Kind.TIME, 1.10),
            new Target("ten-thousand", VIRTUAL, FRESH, ONE, Kind.TIME, 1.10),
            new Target("ten-thousand", VIRTUAL, FRESH, BOTH, Kind.TIME, 1.15),
            new Target("ten-thousand", VIRTUAL, FRESH, ONE, Kind.BYTES, 475),
            new Target("ten-thousand", VIRTUAL, REUSE, ONE, Kind.TIME, 0.25),
            new Target("ten-thousand", VIRTUAL, REUSE, BOTH, Kind.TIME, 0.40),
            new Target("ten-thousand", VIRTUAL, REUSE, ONE, Kind.BYTES, 60),
            new Target("limit-10", VIRTUAL, REUSE, ONE, Kind.TIME, 0.25),
            new Target("limit-10", VIRTUAL, REUSE, BOTH, Kind.TIME, 0.50),
            new Target("limit-10", VIRTUAL, REUSE, ONE, Kind.BYTES, 110),
            new Target("limit-10", PLATFORM, REUSE, ONE, Kind.TIME, 0.50),
            new Target("limit-10", PLATFORM, REUSE, BOTH, Kind.TIME, 0.45),
            new Target("map", VIRTUAL, FRESH, ONE, Kind.TIME, 1.15),
            new Target("map", VIRTUAL, REUSE, ONE, Kind.TIME, 0.35),
            new Target("yield", VIRTUAL, REUSE, ONE, Kind.TIME, 0.65),
            new Target("sleep", VIRTUAL, REUSE, ONE, Kind.TIME, 1.15),
            new Target("sleep", VIRTUAL, FRESH, ONE, Kind.TIME, 1.05),
            new Target("limit-10-work", VIRTUAL, REUSE, ONE, Kind.TIME, 0.95),
            new Target("cancel", VIRTUAL, FRESH, ONE, Kind.TIME, 1.25),
            new Target("cancel-sleeping", VIRTUAL, FRESH, ONE, Kind.TIME, 1.10),
            new Target("cancel-sleeping", VIRTUAL, REUSE, ONE, Kind.TIME, 1.10),
            new Target("million-blocked", VIRTUAL, FRESH, ONE, Kind.BYTES_RATIO, 1.25),
            new Target("million-blocked", VIRTUAL, FRESH, ONE, Kind.WORST_TIME, 1.50),
            new Target("million-blocked", VIRTUAL, FRESH, BOTH, Kind.WORST_TIME, 1.50),
            new Target("million-blocked", VIRTUAL, REUSE, ONE, Kind.WORST_TIME, 1.50),
            new Target("million-blocked", VIRTUAL, REUSE, BOTH, Kind.WORST_TIME, 1.50),
            new Target("nested", VIRTUAL, FRESH, ONE, Kind.TIME, 1.00),
            new Target("submitters", VIRTUAL, FRESH, ONE, Kind.TIME, 1.25),
            new Target("pool-4", VIRTUAL, FRESH, ONE, Kind.TIME, 1.50),
            new Target("pool-4", VIRTUAL, FRESH, BOTH, Kind.TIME, 1.20),
            platformThreads("limit-1", SEMAPHORE, 1.00),
            platformThreads("limit-2", SEMAPHORE, 1.00),
            platformThreads("limit-4", SEMAPHORE, 1.00),
            platformThreads("limit-10-pools", SEMAPHORE, 1.00),
            platformThreads("limit-100", SEMAPHORE, 1.00),
            platformThreads("limit-1", QUEUE, 2.00),
            platformThreads("limit-2", QUEUE, 2.00),
            platformThreads("limit-4", QUEUE, 2.00),
            platformThreads("limit-10-pools", QUEUE, 2.00),
            platformThreads("limit-100", QUEUE, 2.00));

    private Target(String scenario, String caller, String rival, String setting, Kind kind, double bound) {
        this(scenario, caller, rival, Rivals.REFERENCE, setting, kind, bound);
    }

    /** Below a small limit, on platform threads: against what is written by hand on Java 17. */
    private static Target platformThreads(String scenario, String against, double bound) {
        return new Target(scenario, VIRTUAL, "errgroup-platform", against, BOTH, Kind.TIME, bound);
    }

    /** What is bounded. */
    public enum Kind {
        /** Median time over the reference's. */
        TIME("%.2f") {
            @Override
            public double of(Row row) {
                return row.ratio();
            }
        },
        /** The greatest ratio of a round. */
        WORST_TIME("%.2f worst") {
            @Override
            public double of(Row row) {
                return row.worstRatio();
            }
        },
        /** Bytes per unit. */
        BYTES("%.0f B") {
            @Override
            public double of(Row row) {
                return row.bytes();
            }
        },
        /** Bytes over the reference's. */
        BYTES_RATIO("%.2f of bytes") {
            @Override
            public double of(Row row) {
                return row.bytesRatio();
            }
        };

        private final String format;

        Kind(String format) {
            this.format = format;
        }

        /**
         * The value that is bounded.
         *
         * @param row a row of ours
         * @return its value
         */
        public abstract double of(Row row);

        /**
         * A value as tables show it.
         *
         * @param value the value
         * @return with its unit
         */
        public String text(double value) {
            return String.format(Locale.ROOT, format, value);
        }
    }

    /**
     * All of them.
     *
     * @return in the order of the table
     */
    public static List<Target> all() {
        return ALL;
    }

    /**
     * Whether it is a ratio to the reference of all, or none at all.
     *
     * @return false if it is a ratio to another rival
     */
    public boolean isAgainstReference() {
        return against.equals(Rivals.REFERENCE);
    }

    /**
     * Whether a value meets it.
     *
     * @param value what was reached
     * @return true if it is not above the bound
     */
    public boolean isMetBy(double value) {
        return value <= bound;
    }

    /**
     * What was reached.
     *
     * @param results of a run
     * @return the value; empty if it was not measured
     */
    public Optional<Double> reached(Results results) {
        return reached(results, setting, kind::of);
    }

    /**
     * What was reached by another measure of a row.
     *
     * @param results of a run
     * @param on "one" processor or "both"
     * @param measure a value of a row; a ratio to the reference's where this target is against another rival
     * @return the value; empty if it was not measured
     */
    public Optional<Double> reached(Results results, String on, ToDoubleFunction<Row> measure) {
        Optional<Double> ours = results.row(on, scenario, caller, rival).map(measure::applyAsDouble);
        if (isAgainstReference()) {
            return ours;
        }
        Optional<Double> other = results.row(on, scenario, caller, against).map(measure::applyAsDouble);
        return ours.flatMap(value -> other.map(ratio -> value / ratio));
    }
}
