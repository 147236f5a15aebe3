package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.results.Results;
import io.github.errgroup.benchmarks.results.Row;
import io.github.errgroup.benchmarks.results.Target;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The page with the targets, the rows where we are not first, and every figure. */
final class Markdown {
    private Markdown() {}

    static String page(Results results, Environment environment) {
        StringBuilder page = new StringBuilder();
        page.append("# What a group costs\n\n");
        page.append("Taken on ").append(environment.line()).append(". ");
        page.append(
                        "Every figure is the median of JVMs of its own; every ratio is to \"by hand\" (a virtual thread per ")
                .append(
                        "task, a latch, a first-error reference), measured in the same run, before and after the others. ")
                .append("\"One processor\" is pinned and steady; on both, single JVMs fall into modes.\n\n");
        page.append("To repeat it, on JDK 25: `errgroup-core/benchmarks/run`. This page is written by it.\n\n");
        page.append("![Bars per scenario, one processor](one-processor.svg)\n\n");
        page.append("![Bars per scenario, both processors](both-processors.svg)\n\n");
        page.append("![Cost against the number of tasks](growth.svg)\n\n");
        targets(page, results);
        notFirst(page, results);
        figures(page, results);
        return page.toString();
    }

    private static void targets(StringBuilder page, Results results) {
        page.append("## Targets\n\n");
        page.append("| scenario | ours | processors | target | reached | |\n|---|---|---|---|---|---|\n");
        for (Target target : Target.all()) {
            Optional<Double> reached = target.reached(results);
            page.append("| ")
                    .append(String.join(
                            " | ",
                            Titles.of(target.scenario(), target.caller()),
                            Rivals.named(target.rival()).title(),
                            target.setting(),
                            "≤ " + target.kind().text(target.bound()),
                            reached.map(target.kind()::text).orElse("not measured"),
                            reached.map(value -> value <= target.bound() ? "met" : "**missed**")
                                    .orElse("")))
                    .append(" |\n");
        }
        page.append('\n');
    }

    private static void notFirst(StringBuilder page, Results results) {
        page.append("## Where we are not first\n\n");
        List<String> lines = new ArrayList<>();
        List<Row> rows = results.rows();
        for (Row row : rows) {
            if (!row.rival().equals(Rivals.REFERENCE)) {
                continue;
            }
            List<Row> panel = rows.stream().filter(row::isBeside).toList();
            double ours = panel.stream()
                    .filter(other -> Colours.isOurs(other.rival()))
                    .mapToDouble(Row::nanos)
                    .min()
                    .orElse(Double.NaN);
            List<String> faster = panel.stream()
                    .filter(other -> !Colours.isOurs(other.rival()) && other.nanos() < ours)
                    .map(other -> Rivals.named(other.rival()).title() + " " + Titles.ratio(other.nanos() / ours))
                    .toList();
            if (!faster.isEmpty()) {
                lines.add("- " + panelTitle(row) + ", " + Titles.setting(row.setting()) + ", of our best: "
                        + String.join("; ", faster));
            }
        }
        page.append(lines.isEmpty() ? "Nowhere in this run." : String.join("\n", lines))
                .append("\n\n");
    }

    private static void figures(StringBuilder page, Results results) {
        page.append("## Every figure\n\n");
        page.append(
                        "Time and bytes are per group, task, tree or run, as the heading says; bytes are allocated ones, of ")
                .append("blocked tasks the live ones per task; the worst is the slowest JVM's ratio.\n");
        Row previous = null;
        for (Row row : results.rows()) {
            if (previous == null || !previous.isBeside(row)) {
                page.append("\n**")
                        .append(panelTitle(row))
                        .append("**, ")
                        .append(Titles.setting(row.setting()))
                        .append(", per ")
                        .append(unit(row))
                        .append("\n\n| | ratio | worst | time | bytes |\n|---|---|---|---|---|\n");
            }
            page.append("| ")
                    .append(String.join(
                            " | ",
                            Rivals.named(row.rival()).title(),
                            Titles.ratio(row.ratio()),
                            Titles.ratio(row.worstRatio()),
                            Titles.time(row.nanos()),
                            Titles.bytes(row.bytes())))
                    .append(" |\n");
            previous = row;
        }
    }

    private static String panelTitle(Row row) {
        return row.scenario().equals(GrowthChart.SCENARIO)
                ? String.format(Locale.ROOT, "%,d tasks, no limit", row.tasks())
                : Titles.of(row.scenario(), row.caller());
    }

    private static String unit(Row row) {
        return row.scenario().equals(GrowthChart.SCENARIO) ? "task" : Titles.unit(row.scenario());
    }
}
