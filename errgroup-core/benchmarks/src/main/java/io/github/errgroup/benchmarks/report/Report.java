package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.results.Figure;
import io.github.errgroup.benchmarks.results.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Draws what {@link io.github.errgroup.benchmarks.Measure} wrote. */
public final class Report {
    /** The file of all figures, in the folder of the report. */
    public static final String FIGURES = "figures.csv";

    private Report() {}

    /**
     * Reads the figures in a folder, and writes tables and pictures beside them.
     *
     * @param args the folder
     * @throws IOException a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        List<Figure> figures = Files.readAllLines(folder.resolve(FIGURES)).stream()
                .skip(1)
                .map(Figure::parse)
                .toList();
        Results results = Results.of(figures);
        Environment environment = Environment.current();
        Files.writeString(folder.resolve("results.json"), Json.document(results, environment));
        Files.writeString(folder.resolve("README.md"), Markdown.page(results, environment));
        for (String setting : List.of("one", "both")) {
            if (has(results, setting, false)) {
                Files.writeString(
                        folder.resolve(setting + (setting.equals("one") ? "-processor.svg" : "-processors.svg")),
                        BarChart.draw(results, setting, environment.line()));
            }
            if (has(results, setting, true)) {
                Files.writeString(folder.resolve("growth.svg"), GrowthChart.draw(results, setting, environment.line()));
            }
        }
    }

    private static boolean has(Results results, String setting, boolean growth) {
        return results.rows().stream()
                .anyMatch(
                        row -> row.setting().equals(setting) && row.scenario().equals(GrowthChart.SCENARIO) == growth);
    }
}
