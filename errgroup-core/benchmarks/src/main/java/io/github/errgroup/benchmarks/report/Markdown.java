package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.results.Floor;
import io.github.errgroup.benchmarks.results.Results;
import io.github.errgroup.benchmarks.results.Row;
import io.github.errgroup.benchmarks.results.Target;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The page with the pictures, what was measured how, the targets, and the rows where we are not first. */
final class Markdown {
    private static final String HEAD = """
            # What a group costs

            Taken on %s.

            To repeat it, on JDK 25: `errgroup-core/benchmarks/run`. It writes this page, the pictures and the data beside them.
            `errgroup-core/benchmarks/run quick` takes under ten minutes: fewer scenarios and rivals, after 0.6 s of warm-up in place
            of 3 s, which is too short for a platform caller, groups three deep and meters; it is written into
            `errgroup-core/benchmarks/target/quick`, or the folder that `OUT` names. On another JDK, 21 or newer, StructuredTaskScope
            and jox, which uses it, are left out.

            %s
            ## How it is measured

            - Every rival does the same work, and is checked for it before anything is timed: it returns when all tasks have
              ended, and throws the failure of one.
            - Every figure is %s.
              The others run between two runs of "by hand" (a virtual thread per task, a latch, a reference to the first error);
              a ratio is to its median over both, in the same round, and where there are more rounds it is the median of theirs: a
              machine is quicker in one round than in the next, and not every rival is in each.
            - "One processor" is pinned, and steadier. On both, a JVM may fall into a mode that another does not; `--rounds 3`
              takes three, and [results.json](results.json) tells the greatest ratio of a round as `worstRatio`.
            - Bytes are allocated ones; of blocked tasks, those that are live.
            - The caller is a virtual thread, or a platform thread where that is said.
            - Each bar shows its figures. [figures.csv](figures.csv) has those of every JVM, with the processor time that the
              whole JVM took.

            """;

    private Markdown() {}

    static String page(Results results, Environment environment) {
        StringBuilder page = new StringBuilder(HEAD.formatted(environment.line(), pictures(results), jvms(results)));
        targets(page, results);
        missed(page, results);
        notFirst(page, results);
        return page.toString();
    }

    private static String jvms(Results results) {
        IntSummaryStatistics rounds = results.rows().stream()
                .filter(row -> !row.rival().equals(Rivals.REFERENCE))
                .mapToInt(Row::rounds)
                .summaryStatistics();
        if (rounds.getMax() == 1) {
            return "from a JVM of its own";
        }
        return rounds.getMin() == rounds.getMax()
                ? "the median of " + rounds.getMax() + " JVMs of its own"
                : "from " + rounds.getMin() + " to " + rounds.getMax()
                        + " JVMs of its own, the median where there are more";
    }

    private static String pictures(Results results) {
        StringBuilder pictures = new StringBuilder();
        Report.pictures(results)
                .forEach((file, picture) -> pictures.append("![")
                        .append(picture.title())
                        .append("](")
                        .append(file)
                        .append(")\n\n"));
        return pictures.toString();
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
                            Rivals.title(target.rival()),
                            target.setting(),
                            bound(target),
                            reached.map(target.kind()::text).orElse("not measured"),
                            reached.map(value -> target.isMetBy(value) ? "met" : "**missed**")
                                    .orElse("")))
                    .append(" |\n");
        }
        page.append('\n');
    }

    private static String bound(Target target) {
        return "≤ " + target.kind().text(target.bound())
                + (target.isAgainstReference() ? "" : " of " + Rivals.title(target.against()));
    }

    /** Those that miss for the same reason stand together. */
    private static void missed(StringBuilder page, Results results) {
        Map<Floor, List<String>> lines = new EnumMap<>(Floor.class);
        for (Target target : Target.all()) {
            Optional<Double> missed = target.reached(results).filter(value -> !target.isMetBy(value));
            Optional<Floor> floor = Floor.of(target);
            if (missed.isPresent() && floor.isPresent()) {
                lines.computeIfAbsent(floor.get(), same -> new ArrayList<>())
                        .add("- " + Titles.of(target.scenario(), target.caller()) + ", "
                                + Rivals.title(target.rival()) + ", " + Titles.setting(target.setting()) + ": "
                                + target.kind().text(missed.get()) + ", target " + bound(target));
            }
        }
        if (lines.isEmpty()) {
            return;
        }
        page.append("### Missed\n\nWhere it goes, what was tried, and what we believe can be reached.\n");
        lines.forEach((floor, of) -> page.append('\n')
                .append(String.join("\n", of))
                .append("\n\n  *Goes into:* ")
                .append(floor.profile())
                .append(" *Tried:* ")
                .append(floor.tried())
                .append(" *Can be reached:* ")
                .append(floor.reachable())
                .append('\n'));
        page.append('\n');
    }

    private static void notFirst(StringBuilder page, Results results) {
        page.append("## Where we are not first\n\n");
        Map<String, List<String>> lines = new LinkedHashMap<>();
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
                    .map(other -> Rivals.title(other.rival()) + " " + Titles.ratio(other.nanos() / ours))
                    .toList();
            if (!faster.isEmpty()) {
                lines.computeIfAbsent(Titles.decides(row.scenario()), why -> new ArrayList<>())
                        .add("- " + panelTitle(row) + ", " + Titles.setting(row.setting()) + ", of our best: "
                                + String.join("; ", faster));
            }
        }
        if (lines.isEmpty()) {
            page.append("Nowhere in this run.\n");
            return;
        }
        page.append("Each with what decides it.\n");
        lines.forEach((why, of) -> page.append('\n')
                .append(String.join("\n", of))
                .append("\n\n  ")
                .append(why)
                .append('\n'));
    }

    private static String panelTitle(Row row) {
        return row.scenario().equals(GrowthChart.SCENARIO)
                ? String.format(Locale.ROOT, "%,d tasks, no limit", row.tasks())
                : Titles.of(row.scenario(), row.caller());
    }
}
