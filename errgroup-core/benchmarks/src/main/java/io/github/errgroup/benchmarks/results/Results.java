package io.github.errgroup.benchmarks.results;

import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * All figures, as medians and as ratios to the reference that ran in the same panel and round. A machine that others use
 * too is quicker in one round than in the next, and not every rival is in each.
 */
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
     * @throws IllegalArgumentException if a round of a panel has no figure of the reference
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
            Map<Integer, List<Figure>> reference = rivals.getOrDefault(Rivals.REFERENCE, List.of()).stream()
                    .collect(Collectors.groupingBy(Figure::round));
            rivals.forEach((rival, of) -> {
                double[] ratios = ratios(panel, of, reference, Figure::nanos);
                rows.add(new Row(
                        panel.setting,
                        panel.scenario,
                        panel.caller,
                        panel.tasks,
                        rival,
                        median(of, Figure::nanos),
                        of.stream().mapToDouble(Figure::nanos).max().orElseThrow(),
                        median(ratios(panel, of, reference, Figure::cpuNanos)),
                        median(of, Figure::bytes),
                        median(ratios),
                        Arrays.stream(ratios).max().orElseThrow(),
                        median(ratios(panel, of, reference, Figure::bytes)),
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

    /** What each figure is to the reference's median in its round. */
    private static double[] ratios(
            Panel panel, List<Figure> figures, Map<Integer, List<Figure>> reference, ToDoubleFunction<Figure> value) {
        return figures.stream()
                .mapToDouble(figure -> {
                    List<Figure> beside = reference.get(figure.round());
                    if (beside == null) {
                        throw new IllegalArgumentException(
                                panel + ", round " + figure.round() + ": must have figures of " + Rivals.REFERENCE);
                    }
                    return value.applyAsDouble(figure) / median(beside, value);
                })
                .toArray();
    }

    private static double median(List<Figure> figures, ToDoubleFunction<Figure> value) {
        return median(figures.stream().mapToDouble(value).toArray());
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
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
