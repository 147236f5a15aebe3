package io.github.errgroup.sample.runs;

import io.github.errgroup.sample.web.BadInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be run and watched. */
enum Scenario {
    /** Calls of the four suppliers. */
    STOREFRONT("quote", 1, ""),
    /** Fetches of many URLs. */
    FETCHER("fetch", 1, ""),
    /** The three stages of an import. */
    IMPORTER("import", 3, ", since the three stages wait for each other");

    private final String group;

    private final int minLimit;

    private final String why;

    Scenario(String group, int minLimit, String why) {
        this.group = group;
        this.minLimit = minLimit;
        this.why = why;
    }

    /** The name of its group, so that the page shows the meters that the service itself has. */
    String group() {
        return group;
    }

    int minLimit() {
        return minLimit;
    }

    /** Why {@link #minLimit()}: the end of a sentence, or nothing. */
    String why() {
        return why;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Scenario of(@Nullable String id) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        "scenario",
                        id,
                        "must be one of "
                                + Arrays.stream(values()).map(Scenario::id).collect(Collectors.joining(", "))));
    }
}
