package io.github.errgroup.benchmarks.results;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one of our rows must reach.
 *
 * @param scenario the scenario's id
 * @param caller virtual or platform
 * @param rival which of ours
 * @param setting "one" processor or "both"
 * @param kind what is bounded
 * @param bound the highest value that meets the target
 */
public record Target(String scenario, String caller, String rival, String setting, Kind kind, double bound) {
    private static final String FRESH = "errgroup-fresh";
    private static final String REUSE = "errgroup-reuse";
    private static final String ONE = "one";
    private static final String BOTH = "both";
    private static final String VIRTUAL = "virtual";
    private static final String PLATFORM = "platform";

    private static final List<Target> ALL = List.of(
            new Target("three-tasks", VIRTUAL, FRESH, ONE, Kind.TIME, 1.05),
            new Target("three-tasks", VIRTUAL, FRESH, BOTH, Kind.TIME, 1.10),
            new Target("three-tasks", VIRTUAL, FRESH, ONE, Kind.BYTES, 1_300),
            new Target("three-tasks", VIRTUAL, REUSE, ONE, Kind.TIME, 0.75),
            new Target("three-tasks", VIRTUAL, REUSE, BOTH, Kind.TIME, 0.70),
            new Target("three-tasks", VIRTUAL, REUSE, ONE, Kind.BYTES, 650),
            new Target("three-tasks", PLATFORM, FRESH, ONE, Kind.TIME, 1.05),
            new Target("three-tasks", PLATFORM, FRESH, BOTH, Kind.TIME, 1.15),
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
            new Target("million-blocked", VIRTUAL, FRESH, ONE, Kind.BYTES_RATIO, 1.25),
            new Target("million-blocked", VIRTUAL, FRESH, ONE, Kind.WORST_TIME, 2),
            new Target("million-blocked", VIRTUAL, FRESH, BOTH, Kind.WORST_TIME, 2),
            new Target("submitters", VIRTUAL, FRESH, ONE, Kind.TIME, 1.25),
            new Target("pool-4", VIRTUAL, FRESH, ONE, Kind.TIME, 1.50),
            new Target("pool-4", VIRTUAL, FRESH, BOTH, Kind.TIME, 1.20));

    /** What is bounded. */
    public enum Kind {
        /** Median time over the reference's. */
        TIME("%.2f") {
            @Override
            public double of(Row row) {
                return row.ratio();
            }
        },
        /** The slowest round's time over the reference's median. */
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
     * What was reached.
     *
     * @param results of a run
     * @return the value; empty if it was not measured
     */
    public Optional<Double> reached(Results results) {
        return results.row(setting, scenario, caller, rival).map(kind::of);
    }
}
