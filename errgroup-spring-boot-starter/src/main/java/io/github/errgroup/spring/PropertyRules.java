package io.github.errgroup.spring;

import io.github.errgroup.ErrGroupOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** The rules that values keep, wherever they come from. Each check gives the broken rule's words, or null. */
final class PropertyRules {
    /** The timeout that means none, so that a group can do without one that it would inherit. */
    static final Duration NO_TIMEOUT = Duration.ofSeconds(-1);

    /** The threshold of leaks that means none is reported. */
    static final Duration NO_REPORT = Duration.ofSeconds(-1);

    private static final String WITHIN_BOUNDS =
            "must be above zero and at most " + ErrGroupOptions.MAX_DURATION.toDays() + " days";

    private PropertyRules() {}

    /** Stops the start if a rule is broken. The exception is Boot's own, whose analyzer adds where the value comes from. */
    static void check(String property, @Nullable Object value, @Nullable String brokenRule) {
        if (brokenRule != null) {
            throw new InvalidConfigurationPropertyValueException(property, value, brokenRule);
        }
    }

    /** A timeout as an option has it. */
    static @Nullable Duration nullIfNone(Duration timeout) {
        return timeout.equals(NO_TIMEOUT) ? null : timeout;
    }

    static @Nullable String brokenByLimit(@Nullable Integer limit) {
        return limit == null || limit > 0 || limit == -1 ? null : "must be above 0, or -1 for no limit";
    }

    static @Nullable String brokenByTolerate(@Nullable Integer failures) {
        return failures == null || failures >= 0 ? null : "must be 0 or more";
    }

    static @Nullable String brokenByTimeout(@Nullable Duration timeout) {
        return timeout == null || timeout.equals(NO_TIMEOUT) || brokenByDuration(timeout) == null
                ? null
                : WITHIN_BOUNDS + ", or -1s for no timeout";
    }

    static @Nullable String brokenByLimitWait(@Nullable Duration limitWait) {
        return limitWait == null
                        || limitWait.equals(NO_TIMEOUT)
                        || limitWait.isZero()
                        || brokenByDuration(limitWait) == null
                ? null
                : "must be 0s or more and at most " + ErrGroupOptions.MAX_DURATION.toDays()
                        + " days, or -1s for as long as it takes";
    }

    static @Nullable String brokenByLeakThreshold(@Nullable Duration threshold) {
        return threshold == null || threshold.equals(NO_REPORT) || brokenByDuration(threshold) == null
                ? null
                : WITHIN_BOUNDS + ", or -1s for no report";
    }

    static @Nullable String brokenByDuration(@Nullable Duration duration) {
        return duration == null
                        || (!duration.isNegative()
                                && !duration.isZero()
                                && duration.compareTo(ErrGroupOptions.MAX_DURATION) <= 0)
                ? null
                : WITHIN_BOUNDS;
    }

    /** Of a time that must leave some of Spring's phase. */
    static @Nullable String brokenByPhase(@Nullable Duration duration, Duration phaseTimeout) {
        return duration == null || (!duration.isNegative() && duration.compareTo(phaseTimeout) < 0)
                ? null
                : "must be 0s or more, and below spring.lifecycle.timeout-per-shutdown-phase ("
                        + phaseTimeout.toMillis() + "ms)";
    }
}
