package io.github.errgroup.spring.autoconfigure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The rules that values keep, wherever they come from. Each check gives the broken rule's words, or null. */
final class PropertyRules {
    /** The timeout that means none, so that a group can do without one that it would inherit. */
    static final Duration NO_TIMEOUT = Duration.ofSeconds(-1);

    /** The threshold of leaks that means none is reported. */
    static final Duration NO_REPORT = Duration.ofSeconds(-1);

    /** Far below the core's own bound, which is a matter of nanoseconds in a long. */
    private static final Duration LONGEST = Duration.ofDays(18_250);

    private PropertyRules() {}

    static @Nullable String brokenByLimit(@Nullable Integer limit) {
        return limit == null || limit > 0 || limit == -1 ? null : "must be above 0, or -1 for no limit";
    }

    static @Nullable String brokenByTimeout(@Nullable Duration timeout) {
        return timeout == null || timeout.equals(NO_TIMEOUT) || brokenByDuration(timeout) == null
                ? null
                : "must be above zero and at most " + LONGEST.toDays() + " days, or -1s for no timeout";
    }

    static @Nullable String brokenByLeakThreshold(@Nullable Duration threshold) {
        return threshold == null || threshold.equals(NO_REPORT) || brokenByDuration(threshold) == null
                ? null
                : "must be above zero and at most " + LONGEST.toDays() + " days, or -1s for no report";
    }

    static @Nullable String brokenByDuration(@Nullable Duration duration) {
        return duration == null || (!duration.isNegative() && !duration.isZero() && duration.compareTo(LONGEST) <= 0)
                ? null
                : "must be above zero and at most " + LONGEST.toDays() + " days";
    }
}
