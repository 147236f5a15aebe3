package io.github.errgroup.benchmarks.results;

/**
 * One rival in one panel: medians over all rounds. A ratio is the median of the ratios in each round.
 *
 * @param setting "one" processor or "both"
 * @param scenario the scenario's id
 * @param caller virtual or platform
 * @param tasks how many tasks a run had
 * @param rival the rival's id
 * @param nanos nanoseconds per unit
 * @param worstNanos the slowest round's nanoseconds per unit
 * @param cpuRatio its processor time over the reference's
 * @param bytes bytes per unit
 * @param ratio its time over the reference's; 1 for the reference
 * @param worstRatio the greatest ratio of a round
 * @param bytesRatio its bytes over the reference's
 * @param rounds how many figures the medians are of
 */
public record Row(
        String setting,
        String scenario,
        String caller,
        int tasks,
        String rival,
        double nanos,
        double worstNanos,
        double cpuRatio,
        double bytes,
        double ratio,
        double worstRatio,
        double bytesRatio,
        int rounds) {

    /**
     * Whether it stands in the same panel as another.
     *
     * @param other another row
     * @return true if all but the rival is the same
     */
    public boolean isBeside(Row other) {
        return setting.equals(other.setting)
                && scenario.equals(other.scenario)
                && caller.equals(other.caller)
                && tasks == other.tasks;
    }
}
