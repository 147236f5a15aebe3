package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.results.Results;
import io.github.errgroup.benchmarks.results.Row;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.ArrayList;
import java.util.List;

/** One panel per scenario, one bar per rival: time over the reference's, which ends at the line. */
final class BarChart {
    private static final int COLUMNS = 2;
    private static final int PANEL_WIDTH = 640;
    private static final int LABEL_WIDTH = 240;
    private static final int FIGURE_WIDTH = 170;
    private static final int BAR = 14;
    private static final int STEP = 19;
    private static final int TITLE = 44;
    private static final int HEAD = 64;

    /** Longer bars are cut: what is ten times slower would make all others look alike. */
    private static final double LONGEST = 3;

    private BarChart() {}

    /**
     * Draws all panels of one setting.
     *
     * @param results the results
     * @param setting "one" or "both"
     * @param subtitle machine, JDK and date
     * @return an SVG document
     */
    static String draw(Results results, String setting, String subtitle) {
        List<List<Row>> panels = panels(results, setting);
        int lines = (panels.size() + COLUMNS - 1) / COLUMNS;
        int[] heights = new int[lines];
        for (int i = 0; i < panels.size(); i++) {
            int line = i / COLUMNS;
            heights[line] = Math.max(heights[line], TITLE + panels.get(i).size() * STEP + 16);
        }
        int height = HEAD;
        for (int h : heights) {
            height += h;
        }
        Svg svg = new Svg(COLUMNS * PANEL_WIDTH + 20, height);
        svg.text(
                16,
                28,
                18,
                "start",
                Colours.TEXT,
                true,
                "Time as a ratio to what a user would write by hand, " + Titles.setting(setting)
                        + " (shorter is better)");
        svg.text(16, 48, 12, "start", Colours.FAINT, false, subtitle);
        int top = HEAD;
        for (int i = 0; i < panels.size(); i++) {
            panel(svg, panels.get(i), 10 + i % COLUMNS * PANEL_WIDTH, top);
            if (i % COLUMNS == COLUMNS - 1) {
                top += heights[i / COLUMNS];
            }
        }
        return svg.toString();
    }

    private static void panel(Svg svg, List<Row> rows, int left, int top) {
        Row first = rows.getFirst();
        svg.text(
                left + 6,
                top + 22,
                14,
                "start",
                Colours.TEXT,
                true,
                Titles.of(first.scenario(), first.caller()) + ", per " + Titles.unit(first.scenario()));
        int barLeft = left + LABEL_WIDTH;
        double scale = (PANEL_WIDTH - LABEL_WIDTH - FIGURE_WIDTH) / LONGEST;
        int y = top + 34;
        svg.line(barLeft + scale, top + 30, barLeft + scale, y + rows.size() * STEP, Colours.FAINT, 1);
        for (Row row : rows) {
            boolean ours = Colours.isOurs(row.rival());
            svg.text(barLeft - 8, y + BAR - 3, 12, "end", Colours.TEXT, ours, Rivals.title(row.rival()));
            double length = Math.min(row.ratio(), LONGEST) * scale;
            svg.rectangle(barLeft, y, length, BAR, Colours.bar(row.rival()));
            String cut = row.ratio() > LONGEST ? "→ " : "";
            svg.text(
                    barLeft + length + 6,
                    y + BAR - 3,
                    11,
                    "start",
                    Colours.TEXT,
                    ours,
                    cut + Titles.ratio(row.ratio()) + " · " + Titles.time(row.nanos()) + " · "
                            + Titles.bytes(row.bytes()));
            y += STEP;
        }
    }

    private static List<List<Row>> panels(Results results, String setting) {
        List<List<Row>> panels = new ArrayList<>();
        for (Row row : results.rows()) {
            if (!row.setting().equals(setting) || row.scenario().equals(GrowthChart.SCENARIO)) {
                continue;
            }
            if (panels.isEmpty() || !panels.getLast().getFirst().isBeside(row)) {
                panels.add(new ArrayList<>());
            }
            panels.getLast().add(row);
        }
        return panels;
    }
}
