package io.github.errgroup.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of mutants that are known to survive. Under a heading with the class stand entries such as
 * <pre>
 * - `method` `the line of source`: negated conditional, changed conditional boundary
 *   the reason, on one or more lines
 * </pre>
 */
final class KnownSurvivors {
    private static final Pattern HEADING = Pattern.compile("## `(.+)`");

    private static final Pattern ENTRY = Pattern.compile("- `(.+?)` `(.+)`: (.+)");

    private final Map<Mutant, String> reasons = new LinkedHashMap<>();

    /** Reads the page; an entry that follows no heading is an error. */
    static KnownSurvivors read(Path page) throws IOException {
        KnownSurvivors known = new KnownSurvivors();
        String type = "";
        List<Mutant> entry = List.of();
        for (String line : Files.readAllLines(page)) {
            Matcher heading = HEADING.matcher(line);
            Matcher first = ENTRY.matcher(line);
            if (heading.matches()) {
                type = heading.group(1);
                entry = List.of();
            } else if (first.matches()) {
                entry = mutants(type, first);
                entry.forEach(mutant -> known.reasons.put(mutant, ""));
            } else if (line.startsWith("  ")) {
                entry.forEach(mutant -> known.reasons.merge(mutant, line.trim(), String::concat));
            }
        }
        return known;
    }

    private static List<Mutant> mutants(String type, Matcher entry) {
        if (type.isEmpty()) {
            throw new IllegalStateException("'" + entry.group() + "' stands under no class");
        }
        return Pattern.compile(", ")
                .splitAsStream(entry.group(3))
                .map(change -> new Mutant(type, entry.group(1), entry.group(2), change))
                .toList();
    }

    /** Whether it stands here, with a reason. */
    boolean explains(Mutant mutant) {
        return !reasons.getOrDefault(mutant, "").isEmpty();
    }

    /** Every mutant that has an entry. */
    List<Mutant> all() {
        return List.copyOf(reasons.keySet());
    }

    /** The entry to write for a mutant. */
    static String entryFor(Mutant mutant) {
        return "## `%s`%n- `%s` `%s`: %s".formatted(mutant.type(), mutant.method(), mutant.line(), mutant.change());
    }
}
