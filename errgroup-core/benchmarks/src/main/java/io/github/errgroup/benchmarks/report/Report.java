package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.results.Figure;
import io.github.errgroup.benchmarks.results.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

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
        for (Map.Entry<String, Picture> picture : pictures(results).entrySet()) {
            Files.writeString(
                    folder.resolve(picture.getKey()), picture.getValue().draw().apply(environment.line()));
        }
    }

    /** The pictures that there are figures for, by the name of their file. */
    static Map<String, Picture> pictures(Results results) {
        Map<String, Picture> pictures = new LinkedHashMap<>();
        for (String setting : List.of("one", "both")) {
            if (has(results, setting, false)) {
                pictures.put(
                        setting + (setting.equals("one") ? "-processor.svg" : "-processors.svg"),
                        new Picture(
                                "Bars per scenario, " + Titles.setting(setting),
                                subtitle -> BarChart.draw(results, setting, subtitle)));
            }
        }
        for (String setting : List.of("one", "both")) {
            if (has(results, setting, true)) {
                pictures.put(
                        "growth.svg",
                        new Picture(
                                "Cost against the number of tasks",
                                subtitle -> GrowthChart.draw(results, setting, subtitle)));
            }
        }
        return pictures;
    }

    /**
     * A picture.
     *
     * @param title what it shows
     * @param draw draws it with a subtitle
     */
    record Picture(String title, UnaryOperator<String> draw) {}

    private static boolean has(Results results, String setting, boolean growth) {
        return results.rows().stream()
                .anyMatch(
                        row -> row.setting().equals(setting) && row.scenario().equals(GrowthChart.SCENARIO) == growth);
    }
}
