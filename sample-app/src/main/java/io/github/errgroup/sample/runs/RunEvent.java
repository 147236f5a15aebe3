package io.github.errgroup.sample.runs;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a run.
 *
 * @param type task (a task changed its state), limit, cancel, cancelled or end
 * @param at milliseconds since the run began
 * @param task the task's index, from 0
 * @param name the task's name
 * @param state the task's state now, or how the group ended
 * @param reason what cancelled the group
 * @param millis how long it took from the cancellation to the end of the last task, or from begin to end
 * @param limit the limit now
 * @param failure what the task threw
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunEvent(
        String type,
        double at,
        @Nullable Long task,
        @Nullable String name,
        @Nullable String state,
        @Nullable String reason,
        @Nullable Double millis,
        @Nullable Integer limit,
        @Nullable String failure) {
    static RunEvent task(double at, long task, String name, String state, @Nullable Throwable failure) {
        String text = failure == null ? null : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        return new RunEvent("task", at, task, name, state, null, null, null, text);
    }

    static RunEvent limit(double at, int limit) {
        return new RunEvent("limit", at, null, null, null, null, null, limit, null);
    }

    static RunEvent cancel(double at, String reason) {
        return new RunEvent("cancel", at, null, null, null, reason, null, null, null);
    }

    static RunEvent cancelled(double at, double millis) {
        return new RunEvent("cancelled", at, null, null, null, null, millis, null, null);
    }

    static RunEvent end(double at, String outcome, double millis) {
        return new RunEvent("end", at, null, null, outcome, null, millis, null, null);
    }
}
