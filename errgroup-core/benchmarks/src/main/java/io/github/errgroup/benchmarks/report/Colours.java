package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.List;

/** Ours stand out, the reference is dark; the others differ in lines, and are alike in bars. */
final class Colours {
    static final String TEXT = "#1f2328";
    static final String FAINT = "#8c959f";
    static final String GRID = "#d8dee4";

    private static final String REFERENCE = "#424a53";
    private static final String FRESH = "#0969da";
    private static final String REUSE = "#1a7f37";
    private static final String OTHER = "#c8ced5";

    private static final List<String> LINES =
            List.of("#bc4c00", "#8250df", "#bf3989", "#9a6700", "#57606a", "#cf222e", "#3192aa", "#7d4e00", "#a475f9");

    private Colours() {}

    static String bar(String rival) {
        return switch (rival) {
            case Rivals.REFERENCE -> REFERENCE;
            case "errgroup-fresh" -> FRESH;
            case "errgroup-reuse", "errgroup-platform" -> REUSE;
            default -> OTHER;
        };
    }

    static String line(String rival) {
        String bar = bar(rival);
        if (!bar.equals(OTHER)) {
            return bar;
        }
        return LINES.get(Rivals.ids().indexOf(rival) % LINES.size());
    }

    static boolean isOurs(String rival) {
        return rival.startsWith("errgroup");
    }
}
