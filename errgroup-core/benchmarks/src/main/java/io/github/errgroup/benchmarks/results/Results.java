package io.github.errgroup.benchmarks.results;

import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All figures, as medians and as ratios to the reference that ran in the same panel. */
public final class Results {
    private final List<Row> rows;

    private Results(List<Row> rows) {
        this.rows = rows;
    }

    /**
     * Takes the medians.
     *
     * @param figures of one run of the benchmarks
     * @return the results, in the order of the figures
     * @throws IllegalArgumentException if a panel has no figure of the reference
     */
    public static Results of(List<Figure> figures) {
        Map<Panel, Map<String, List<Figure>>> panels = new LinkedHashMap<>();
        for (Figure figure : figures) {
            panels.computeIfAbsent(Panel.of(figure), panel -> new LinkedHashMap<>())
                    .computeIfAbsent(figure.rival(), rival -> new ArrayList<>())
                    .add(figure);
        }
        List<Row> rows = new ArrayList<>();
        panels.forEach((panel, rivals) -> {
            List<Figure> reference = rivals.get(Rivals.REFERENCE);
            if (reference == null) {
                throw new IllegalArgumentException(panel + ": must have figures of " + Rivals.REFERENCE);
            }
            double nanosOfReference = median(reference, Figure::nanos);
            double cpuOfReference = median(reference, Figure::cpuNanos);
            double bytesOfReference = median(reference, Figure::bytes);
            rivals.forEach((rival, of) -> {
                double nanos = median(of, Figure::nanos);
                double worst = of.stream().mapToDouble(Figure::nanos).max().orElseThrow();
                double bytes = median(of, Figure::bytes);
                rows.add(new Row(
                        panel.setting,
                        panel.scenario,
                        panel.caller,
                        panel.tasks,
                        rival,
                        nanos,
                        worst,
                        median(of, Figure::cpuNanos) / cpuOfReference,
                        bytes,
                        nanos / nanosOfReference,
                        worst / nanosOfReference,
                        bytes / bytesOfReference,
                        of.size()));
            });
        });
        return new Results(List.copyOf(rows));
    }

    /**
     * The rows.
     *
     * @return one per panel and rival, those of a panel side by side
     */
    public List<Row> rows() {
        return rows;
    }

    /**
     * One row.
     *
     * @param setting "one" or "both"
     * @param scenario the scenario's id
     * @param caller virtual or platform
     * @param rival the rival's id
     * @return the row; empty if that was not measured
     */
    public Optional<Row> row(String setting, String scenario, String caller, String rival) {
        return rows.stream()
                .filter(row -> row.setting().equals(setting)
                        && row.scenario().equals(scenario)
                        && row.caller().equals(caller)
                        && row.rival().equals(rival))
                .findFirst();
    }

    private static double median(List<Figure> figures, ToDoubleFunction<Figure> value) {
        double[] sorted = figures.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Figures that may be compared. */
    private record Panel(String setting, String scenario, String caller, int tasks) {
        static Panel of(Figure figure) {
            return new Panel(figure.setting(), figure.scenario(), figure.caller(), figure.tasks());
        }
    }
}
