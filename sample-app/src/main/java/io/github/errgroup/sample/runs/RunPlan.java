package io.github.errgroup.sample.runs;

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
 * @param deadline when to give up; null for the longest there is
 * @param cancelOnError whether the first failure cancels the rest
 */
record RunPlan(
        Scenario scenario,
        int tasks,
        @Nullable Integer limit,
        int failAt,
        @Nullable Duration deadline,
        boolean cancelOnError) {
    /** More bars than anybody looks at. */
    private static final int MAX_TASKS = 200;

    private static final long MIN_DEADLINE_MS = 50;

    /** Also where none is asked for: the storefront's own two seconds would end most runs before their time. */
    private static final Duration MAX_DEADLINE = Duration.ofSeconds(60);

    /**
     * Checks a request.
     *
     * @throws BadInputException if a value breaks its rule
     */
    static RunPlan of(RunRequest request) {
        Scenario scenario = Scenario.of(request.scenario());
        Integer tasks = request.tasks();
        if (tasks == null || tasks < 1 || tasks > MAX_TASKS) {
            throw new BadInputException("tasks", tasks, "must be from 1 to " + MAX_TASKS);
        }
        Integer limit = request.limit();
        if (limit != null) {
            checkLimit(scenario, limit);
        }
        Integer failAt = request.failAt();
        if (failAt != null && (failAt < 1 || failAt > tasks)) {
            throw new BadInputException("failAt", failAt, "must be from 1 to the number of tasks, " + tasks);
        }
        Long deadlineMs = request.deadlineMs();
        if (deadlineMs != null && (deadlineMs < MIN_DEADLINE_MS || deadlineMs > MAX_DEADLINE.toMillis())) {
            throw new BadInputException(
                    "deadlineMs", deadlineMs, "must be from " + MIN_DEADLINE_MS + " to " + MAX_DEADLINE.toMillis());
        }
        return new RunPlan(
                scenario,
                tasks,
                limit,
                failAt == null ? -1 : failAt - 1,
                deadlineMs == null ? null : Duration.ofMillis(deadlineMs),
                !Boolean.FALSE.equals(request.cancelOnError()));
    }

    /**
     * Checks a limit.
     *
     * @throws BadInputException if it breaks the scenario's rule
     */
    static void checkLimit(Scenario scenario, @Nullable Integer limit) {
        if (limit == null || limit < scenario.minLimit() || limit > MAX_TASKS) {
            throw new BadInputException(
                    "limit", limit, "must be from " + scenario.minLimit() + " to " + MAX_TASKS + scenario.why());
        }
    }

    /** The settings of the group that carries this out. */
    ErrGroupOptions applyTo(ErrGroupOptions configured) {
        ErrGroupOptions options = configured.cancelOnError(cancelOnError);
        if (limit != null) {
            options = options.limit(limit);
        }
        return options.timeout(deadline == null ? MAX_DEADLINE : deadline);
    }
}
