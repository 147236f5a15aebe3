package io.github.errgroup.benchmarks.report;

import io.github.errgroup.benchmarks.results.Results;
import io.github.errgroup.benchmarks.results.Row;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The results for other programs. Names and ids hold nothing that JSON would have to escape but quotes. */
final class Json {
    private Json() {}

    static String document(Results results, Environment environment) {
        return """
                {
                  "environment": {"processor": %s, "system": %s, "jdk": %s, "date": %s},
                  "rows": [
                %s
                  ]
                }
                """.formatted(
                        quoted(environment.processor()),
                        quoted(environment.system()),
                        quoted(environment.jdk()),
                        quoted(environment.date()),
                        rows(results.rows()));
    }

    private static String rows(List<Row> rows) {
        return rows.stream()
                .map(row -> String.format(
                        Locale.ROOT,
                        "    {\"setting\": %s, \"scenario\": %s, \"caller\": %s, \"tasks\": %d, \"rival\": %s, "
                                + "\"nanos\": %.2f, \"bytes\": %.2f, \"ratio\": %.4f, \"worstRatio\": %.4f, "
                                + "\"rounds\": %d}",
                        quoted(row.setting()),
                        quoted(row.scenario()),
                        quoted(row.caller()),
                        row.tasks(),
                        quoted(row.rival()),
                        row.nanos(),
                        row.bytes(),
                        row.ratio(),
                        row.worstRatio(),
                        row.rounds()))
                .collect(Collectors.joining(",\n"));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
