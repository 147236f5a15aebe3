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
    /** One question to many mirrors: the first success is enough. */
    RACE("mirrors", 1),
    /** Parts of one page: what has arrived by the deadline is taken. */
    SETTLE("product-page", 1),
    /** The tools that a model asks for in one answer: one is slow, one may fail, and the model is told what there is. */
    TOOLS("ai-tools", 1),
    /** Calls that members of Hazelcast make, under a limit over all instances; in the profile {@code cluster} alone. */
    CLUSTER("prices", 1),
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

    /** Whether a run may choose if the first failure cancels the rest. In the others that is what they are about. */
    boolean choosesCancelOnError() {
        return this != RACE && this != SETTLE && this != TOOLS;
    }

    static Scenario of(@Nullable String id) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.name().toLowerCase(Locale.ROOT).equals(id))
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        "scenario", id, "must be one of storefront, fetcher, race, settle, tools, cluster, importer"));
    }
}
