package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.Ending;
import io.github.errgroup.benchmarks.Scenario;
import java.util.Locale;

/** What a reader sees instead of ids and plain numbers. */
final class Titles {
    private Titles() {}

    static String of(String scenario, String caller) {
        String title = Ending.named(scenario)
                .map(Ending::title)
                .orElseGet(() -> Scenario.named(scenario).title());
        return caller.equals("platform") ? title + " (platform caller)" : title;
    }

    /** Why a row is as it is. */
    static String decides(String scenario) {
        if (scenario.equals(GrowthChart.SCENARIO)) {
            return Scenario.MANY.decides();
        }
        return Ending.named(scenario)
                .map(Ending::decides)
                .orElseGet(() -> Scenario.named(scenario).decides());
    }

    static String unit(String scenario) {
        return Ending.named(scenario).isPresent()
                ? "run"
                : Scenario.named(scenario).unit();
    }

    static String setting(String setting) {
        return setting.equals("one") ? "one processor" : "both processors";
    }

    /** Three digits and a unit: 97.1 ns, 1.24 µs, 12.4 ms, 1.02 s. */
    static String time(double nanos) {
        if (nanos < 1_000) {
            return digits(nanos) + " ns";
        }
        if (nanos < 1_000_000) {
            return digits(nanos / 1_000) + " µs";
        }
        return nanos < 1_000_000_000 ? digits(nanos / 1_000_000) + " ms" : digits(nanos / 1_000_000_000) + " s";
    }

    static String bytes(double bytes) {
        return String.format(Locale.ROOT, "%,.0f B", bytes);
    }

    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
