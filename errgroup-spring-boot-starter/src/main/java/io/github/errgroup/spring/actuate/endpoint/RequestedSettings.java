package io.github.errgroup.spring.actuate.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * What {@code POST /actuator/errgroups/{name}} asks for. Ranges are the registry's business.
 *
 * @param body the keys and values as they came; none of them optional parameters of the operation, since Boot 3 and 4 know
 *     those by different annotations
 */
record RequestedSettings(Map<String, Object> body) {
    private static final List<String> KEYS = List.of("limit", "shared-limit", "cluster-limit", "timeout");

    /**
     * Looks at the keys.
     *
     * @throws IllegalArgumentException if a key is unknown, or there is nothing to change; the message has the rule
     */
    void checkKeys() {
        for (String key : new TreeMap<>(body).keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(key + ": unknown, must be one of " + KEYS);
            }
        }
        if (body.isEmpty()) {
            throw new IllegalArgumentException("nothing to change: give at least one of " + KEYS);
        }
    }

    /** A whole number; null to leave it. Throws IllegalArgumentException with key, value and rule. */
    @Nullable
    Integer limit() {
        return number("limit", ", or -1 for no limit");
    }

    /** A whole number; null to leave it. Throws IllegalArgumentException with key, value and rule. */
    @Nullable
    Integer sharedLimit() {
        return number("shared-limit", ", or -1 for no limit");
    }

    /** A whole number; null to leave it. Throws IllegalArgumentException with key, value and rule. */
    @Nullable
    Integer clusterLimit() {
        return number("cluster-limit", "");
    }

    /**
     * As a property: {@code 2s}, {@code PT2S}, or a number of milliseconds; null to leave it. Throws
     * IllegalArgumentException with key, value and rule.
     */
    @Nullable
    Duration timeout() {
        if (!body.containsKey("timeout")) {
            return null;
        }
        String value = String.valueOf(body.get("timeout"));
        try {
            return DurationStyle.detectAndParse(value.trim());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "timeout '" + value + "': must be a duration above zero such as 2s or PT2S, or -1s for no timeout",
                    e);
        }
    }

    private @Nullable Integer number(String key, String alternative) {
        if (!body.containsKey(key)) {
            return null;
        }
        String value = String.valueOf(body.get(key));
        try {
            return Integer.valueOf(value.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    key + " '" + value + "': must be a whole number above 0" + alternative, e);
        }
    }
}
