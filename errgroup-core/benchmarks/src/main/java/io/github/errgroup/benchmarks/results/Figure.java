package io.github.errgroup.benchmarks.results;

import java.util.List;
import java.util.Locale;

/**
 * What one JVM measured; one line of the results.
 *
 * @param setting "one" processor or "both"
 * @param scenario the scenario's id
 * @param caller whose thread opened the groups: virtual or platform
 * @param rival the rival's id
 * @param tasks how many tasks a run had
 * @param round which round, from 1
 * @param nanos nanoseconds per unit (group, task, tree, run)
 * @param cpuNanos nanoseconds of processor time per unit, of the whole JVM
 * @param bytes allocated bytes per unit; for blocked tasks the live ones
 */
public record Figure(
        String setting,
        String scenario,
        String caller,
        String rival,
        int tasks,
        int round,
        double nanos,
        double cpuNanos,
        double bytes) {
    /** The names of the columns. */
    public static final String HEADER = "setting,scenario,caller,rival,tasks,round,nanos,cpuNanos,bytes";

    /**
     * As a line of the results.
     *
     * @return values joined by commas
     */
    public String toLine() {
        return String.join(
                ",",
                List.of(
                        setting,
                        scenario,
                        caller,
                        rival,
                        Integer.toString(tasks),
                        Integer.toString(round),
                        String.format(Locale.ROOT, "%.2f", nanos),
                        String.format(Locale.ROOT, "%.2f", cpuNanos),
                        String.format(Locale.ROOT, "%.2f", bytes)));
    }

    /**
     * From a line of the results.
     *
     * @param line as {@link #toLine} makes it
     * @return the figure
     * @throws IllegalArgumentException if the line has another number of values
     */
    public static Figure parse(String line) {
        String[] values = line.split(",", -1);
        if (values.length != HEADER.split(",").length) {
            throw new IllegalArgumentException("line '" + line + "': must have the columns " + HEADER);
        }
        return new Figure(
                values[0],
                values[1],
                values[2],
                values[3],
                Integer.parseInt(values[4]),
                Integer.parseInt(values[5]),
                Double.parseDouble(values[6]),
                Double.parseDouble(values[7]),
                Double.parseDouble(values[8]));
    }
}
