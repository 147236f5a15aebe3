package io.github.errgroup.spring.micrometer;

import io.github.errgroup.CancelReason;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import java.util.Locale;

/** How outcomes and reasons are written in tags. */
final class TagValues {
    private TagValues() {}

    static String of(GroupOutcome outcome) {
        return switch (outcome) {
            case SUCCEEDED -> "success";
            case FAILED -> "failure";
            case CANCELLED -> "cancelled";
            case TIMED_OUT -> "timeout";
        };
    }

    /** Of a task that had started and has ended. */
    static String of(Subtask.State state) {
        return switch (state) {
            case SUCCEEDED -> of(GroupOutcome.SUCCEEDED);
            case CANCELLED -> of(GroupOutcome.CANCELLED);
            default -> of(GroupOutcome.FAILED);
        };
    }

    static String of(CancelReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
