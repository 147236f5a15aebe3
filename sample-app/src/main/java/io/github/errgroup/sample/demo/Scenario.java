package io.github.errgroup.sample.demo;

import io.github.errgroup.sample.web.BadInputException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be run and watched. */
enum Scenario {
    /** Calls of the four suppliers. */
    STOREFRONT("quote", 1),
    /** Fetches of many URLs. */
    FETCHER("fetch", 1),
    /** The three stages of an import, which wait for each other: all three must run at once. */
    IMPORTER("import", 3);

    private final String group;

    private final int minLimit;

    Scenario(String group, int minLimit) {
        this.group = group;
        this.minLimit = minLimit;
    }

    /** The name of its group: that of the service itself, so that the page shows the service's meters. */
    String group() {
        return group;
    }

    int minLimit() {
        return minLimit;
    }

    static Scenario of(@Nullable String id) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.name().toLowerCase(Locale.ROOT).equals(id))
                .findFirst()
                .orElseThrow(
                        () -> new BadInputException("scenario", id, "must be one of storefront, fetcher, importer"));
    }
}
