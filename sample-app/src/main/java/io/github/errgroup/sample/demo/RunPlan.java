package io.github.errgroup.sample.demo;

import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.sample.web.BadInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to run, checked.
 *
 * @param scenario which
 * @param tasks how many
 * @param limit how many at once; null for what is configured
 * @param failAt the index, from 0, of the one that fails; -1 for none
 * @param timeout from the start to the deadline
 * @param cancelOnError whether the first failure cancels the rest
 */
record RunPlan(
        Scenario scenario, int tasks, @Nullable Integer limit, int failAt, Duration timeout, boolean cancelOnError) {
    /** More bars than anybody reads. */
    private static final int MAX_TASKS = 200;

    private static final long MIN_TIMEOUT_MS = 50;

    /** Also the default: the two seconds of {@code errgroup.groups.quote} would end most runs too early. */
    private static final long MAX_TIMEOUT_MS = 60_000;

    /**
     * The body of {@code POST /runs}, unchecked.
     *
     * @param scenario storefront, fetcher, race, settle, tools, cluster or importer
     * @param tasks how many, from 1 to 200; for the importer thousands of rows
     * @param limit how many at once, from 1 (for the importer from 3) to 200; null for what is configured
     * @param failAt which of them fails, from 1 to {@code tasks}; null for none
     * @param deadlineMs milliseconds to the deadline, from 50 to 60,000; null for 60,000
     * @param cancelOnError whether the first failure cancels the rest; null for yes. Not for race, settle and tools, where it
     *     never does
     */
    record Request(
            @Nullable String scenario,
            @Nullable Integer tasks,
            @Nullable Integer limit,
            @Nullable Integer failAt,
            @Nullable Long deadlineMs,
            @Nullable Boolean cancelOnError) {}

    /**
     * Checks a request.
     *
     * @throws BadInputException if a value breaks its rule
     */
    static RunPlan of(Request request) {
        Scenario scenario = Scenario.of(request.scenario());
        int tasks = request.tasks() == null ? 0 : request.tasks();
        BadInputException.checkRange("tasks", tasks, 1, MAX_TASKS);
        Integer limit = request.limit();
        if (limit != null) {
            checkLimit(scenario, limit);
        }
        int failAt = request.failAt() == null ? 0 : request.failAt();
        if (request.failAt() != null) {
            BadInputException.checkRange("failAt", failAt, 1, tasks);
        }
        long timeoutMs = request.deadlineMs() == null ? MAX_TIMEOUT_MS : request.deadlineMs();
        BadInputException.checkRange("deadlineMs", timeoutMs, MIN_TIMEOUT_MS, MAX_TIMEOUT_MS);
        if (request.cancelOnError() != null && !scenario.choosesCancelOnError()) {
            throw new BadInputException(
                    "cancelOnError", request.cancelOnError(), "must not be given for race, settle and tools");
        }
        return new RunPlan(
                scenario,
                tasks,
                limit,
                failAt - 1,
                Duration.ofMillis(timeoutMs),
                !Boolean.FALSE.equals(request.cancelOnError()));
    }

    /**
     * Checks a limit.
     *
     * @throws BadInputException if it breaks the scenario's rule
     */
    static void checkLimit(Scenario scenario, int limit) {
        BadInputException.checkRange("limit", limit, scenario.minLimit(), MAX_TASKS);
    }

    /** Changes what is configured for the group that runs this. */
    void applyTo(ErrGroupOptions.Builder options) {
        options.timeout(timeout);
        switch (scenario) {
            case RACE -> options.enough(1); // as groups.any does: the first success cancels the rest
            case SETTLE, TOOLS -> options.cancelOnError(false); // all may run to the deadline, whoever fails
            default -> options.cancelOnError(cancelOnError);
        }
        if (limit != null) {
            options.limit(limit);
        }
    }
}
