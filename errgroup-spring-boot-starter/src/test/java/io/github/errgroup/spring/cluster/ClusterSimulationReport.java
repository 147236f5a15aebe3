package io.github.errgroup.spring.cluster;

import io.github.errgroup.spring.cluster.ClusterSimulation.Result;
import io.github.errgroup.spring.cluster.ClusterSimulation.Second;
import io.github.errgroup.spring.cluster.ClusterSimulation.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The full run, of a thousand instances: prints the rows of the page's table, and draws the last of them into {@code
 * target/cluster-simulation.svg}. Takes about three minutes, so its name is not one that a build runs.
 */
class ClusterSimulationReport {
    private static final int LIMIT = 10_000;

    private static final int SECONDS = 150;

    /** When the hot instances are hot for the first time. */
    private static final int FROM = 30;

    private static final int WIDTH = 760;

    private static final int HEIGHT = 300;

    private static final int LEFT = 70;

    private static final int TOP = 60;

    private static final double HIGHEST = 16_000;

    @Test
    void prints_the_table_and_draws_the_picture() throws IOException {
        row("enough for all", setting(80, 0, 0, 0));
        row("contended", setting(200, 0, 0, 0));
        row("contended; 1 % of messages lost, a kill every second", setting(200, 0.01, 1_000, 0));
        Result last = row("the same, and Redis restarted empty after 100 s", setting(200, 0.01, 1_000, 100_000));
        Files.writeString(Path.of("target", "cluster-simulation.svg"), draw(last.seconds()));
    }

    private static Setting setting(int hotDemand, double lost, int killMillis, int redisRestarts) {
        return new Setting(1_000, LIMIT, 10_000, 5, 50, hotDemand, 30_000, lost, killMillis, redisRestarts);
    }

    private static Result row(String name, Setting setting) {
        Result result = new ClusterSimulation(setting, 1).run(SECONDS);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %.1f %% | %.0f | %.1f s, %.1f s, %.1f s | %d of %d | %d, %d, %d |%n",
                name,
                Math.max(0, result.mostHeld() - LIMIT),
                100 * result.unused(LIMIT, FROM, SECONDS),
                result.callsPerSecond(FROM, SECONDS),
                result.untilShare(0.5) / 1_000.0,
                result.untilShare(0.99) / 1_000.0,
                result.untilShare(1) / 1_000.0,
                result.untilShare().size(),
                result.becameHot(),
                result.killedWithout(),
                result.stillWithout(),
                result.withoutAtEnd());
        return result;
    }

    private static String draw(List<Second> seconds) {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
                font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#1f2328">
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                """, LEFT + WIDTH + 20, TOP + HEIGHT + 50));
        text(svg, LEFT, 24, "start", "1,000 instances, limit 10,000: tasks that run, and that are wanted (simulated)");
        text(
                svg,
                LEFT,
                42,
                "start",
                "Every 30 s others are hot; 1 % of messages lost, a kill every second, Redis restarted empty at 100 s");
        for (int tasks = 0; tasks <= HIGHEST; tasks += 4_000) {
            line(svg, 0, SECONDS, tasks, "#d8dee4");
            text(svg, LEFT - 8, y(tasks) + 4, "end", String.format(Locale.ROOT, "%,d", tasks));
        }
        for (int second = 0; second <= SECONDS; second += 30) {
            text(svg, x(second), TOP + HEIGHT + 18, "middle", second + " s");
        }
        line(svg, 0, SECONDS, LIMIT, "#cf222e");
        text(svg, LEFT + 6, y(LIMIT) - 6, "start", "limit");
        curve(svg, seconds, Second::demand, "#8c959f");
        curve(svg, seconds, Second::running, "#0969da");
        text(svg, x(64), y(14_500) - 6, "start", "wanted");
        text(svg, x(64), y(10_000) + 18, "start", "running");
        return svg.append("</svg>\n").toString();
    }

    private static void curve(StringBuilder svg, List<Second> seconds, ToDoubleFunction<Second> value, String colour) {
        String points = IntStream.range(0, seconds.size())
                .mapToObj(i ->
                        String.format(Locale.ROOT, "%.1f,%.1f", x(i + 0.5), y(value.applyAsDouble(seconds.get(i)))))
                .collect(Collectors.joining(" "));
        svg.append(
                "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"2\"/>\n");
    }

    private static void line(StringBuilder svg, int from, int to, int tasks, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
                x(from),
                y(tasks),
                x(to),
                y(tasks),
                colour));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }

    private static double x(double second) {
        return LEFT + WIDTH * second / SECONDS;
    }

    private static double y(double tasks) {
        return TOP + HEIGHT * (1 - tasks / HIGHEST);
    }
}
