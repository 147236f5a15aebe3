package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.Measure;
import io.github.errgroup.benchmarks.results.Results;
import io.github.errgroup.benchmarks.results.Row;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the time of a whole group grows with the number of its tasks, on logarithmic axes. */
final class GrowthChart {
    static final String SCENARIO = Measure.GROWTH;

    private static final int LEFT = 80;
    private static final int TOP = 70;
    private static final int WIDTH = 620;
    private static final int HEIGHT = 460;
    private static final int LEGEND = 280;

    private final List<Row> rows;
    private final double lowestX;
    private final double highestX;
    private final double lowestY;
    private final double highestY;

    private GrowthChart(List<Row> rows) {
        this.rows = rows;
        this.lowestX =
                rows.stream().mapToDouble(row -> exponent(row.tasks())).min().orElseThrow();
        this.highestX =
                rows.stream().mapToDouble(row -> exponent(row.tasks())).max().orElseThrow();
        this.lowestY =
                Math.floor(rows.stream().mapToDouble(GrowthChart::y).min().orElseThrow());
        this.highestY =
                Math.ceil(rows.stream().mapToDouble(GrowthChart::y).max().orElseThrow());
    }

    /**
     * Draws the series of one setting.
     *
     * @param results the results; must hold at least one row of the series
     * @param setting "one" or "both"
     * @param subtitle machine, JDK and date
     * @return an SVG document
     */
    static String draw(Results results, String setting, String subtitle) {
        List<Row> rows = results.rows().stream()
                .filter(row -> row.scenario().equals(SCENARIO) && row.setting().equals(setting))
                .toList();
        return new GrowthChart(rows).draw(setting, subtitle);
    }

    private String draw(String setting, String subtitle) {
        Svg svg = new Svg(LEFT + WIDTH + LEGEND, TOP + HEIGHT + 60);
        svg.text(
                16,
                28,
                18,
                "start",
                Colours.TEXT,
                true,
                "Open, n empty tasks, await: time of the whole group, " + Titles.setting(setting));
        svg.text(16, 48, 12, "start", Colours.FAINT, false, subtitle);
        for (int e = (int) lowestX; e <= highestX; e++) {
            svg.line(atX(e), TOP, atX(e), TOP + HEIGHT, Colours.GRID, 1);
            svg.text(atX(e), TOP + HEIGHT + 20, 12, "middle", Colours.TEXT, false, number(Math.pow(10, e)));
        }
        svg.text(LEFT + WIDTH / 2.0, TOP + HEIGHT + 44, 13, "middle", Colours.TEXT, false, "tasks");
        for (int e = (int) lowestY; e <= highestY; e++) {
            svg.line(LEFT, atY(e), LEFT + WIDTH, atY(e), Colours.GRID, 1);
            svg.text(LEFT - 8, atY(e) + 4, 12, "end", Colours.TEXT, false, power(e));
        }
        int legend = TOP + 10;
        for (String rival : Rivals.ids()) {
            List<Row> of =
                    rows.stream().filter(row -> row.rival().equals(rival)).toList();
            if (of.isEmpty()) {
                continue;
            }
            boolean prominent = Colours.isOurs(rival) || rival.equals(Rivals.REFERENCE);
            String colour = Colours.line(rival);
            svg.polyline(
                    of.stream()
                            .map(row ->
                                    String.format(Locale.ROOT, "%.1f,%.1f", atX(exponent(row.tasks())), atY(y(row))))
                            .collect(Collectors.joining(" ")),
                    colour,
                    prominent ? 3 : 1.5);
            of.forEach(row -> svg.dot(atX(exponent(row.tasks())), atY(y(row)), prominent ? 4 : 2.5, colour));
            svg.line(LEFT + WIDTH + 16, legend, LEFT + WIDTH + 40, legend, colour, prominent ? 3 : 1.5);
            svg.text(LEFT + WIDTH + 48, legend + 4, 12, "start", Colours.TEXT, prominent, Rivals.title(rival));
            legend += 22;
        }
        return svg.toString();
    }

    /** The figures are per task; the whole group is drawn. */
    private static double y(Row row) {
        return exponent(row.nanos() * row.tasks());
    }

    private static double exponent(double value) {
        return Math.log10(value);
    }

    private double atX(double exponent) {
        return LEFT + (exponent - lowestX) / (highestX - lowestX) * WIDTH;
    }

    private double atY(double exponent) {
        return TOP + HEIGHT - (exponent - lowestY) / (highestY - lowestY) * HEIGHT;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String power(int exponentOfNanos) {
        String[] units = {"ns", "µs", "ms", "s"};
        int unit = Math.min(exponentOfNanos / 3, units.length - 1);
        return number(Math.pow(10, exponentOfNanos - 3.0 * unit)) + " " + units[unit];
    }
}
