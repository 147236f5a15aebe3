package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.CancelBenchmark;
import io.github.errgroup.benchmarks.MillionBlocked;
import io.github.errgroup.benchmarks.Scenario;
import java.util.Locale;

/** What a reader sees instead of ids and plain numbers. */
final class Titles {
    private Titles() {}

    static String of(String scenario, String caller) {
        String title = switch (scenario) {
            case CancelBenchmark.ID -> "a failure among 10,000 blocked tasks, until await returns";
            case MillionBlocked.ID -> "a million blocked tasks, released";
            default -> Scenario.named(scenario).title();
        };
        return caller.equals("platform") ? title + " (platform caller)" : title;
    }

    static String unit(String scenario) {
        return switch (scenario) {
            case CancelBenchmark.ID, MillionBlocked.ID -> "run";
            default -> Scenario.named(scenario).unit();
        };
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
