package io.github.errgroup.spring.actuate.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * What {@code POST /actuator/errgroups/{name}} asks for, read from the keys of its body. Ranges are the registry's
 * business.
 *
 * @param limit a whole number; null to leave it
 * @param sharedLimit a whole number; null to leave it
 * @param timeout as a property: {@code 2s}, {@code PT2S}, or a number of milliseconds; null to leave it
 */
record SettingsChange(
        @Nullable Integer limit,
        @Nullable Integer sharedLimit,
        @Nullable Duration timeout) {

    private static final List<String> KEYS = List.of("limit", "shared-limit", "timeout");

    /**
     * Reads a body.
     *
     * @throws IllegalArgumentException if a key is unknown, a value unreadable, or there is nothing to change; the
     *     message has key, value and rule
     */
    static SettingsChange of(Map<String, ?> body) {
        for (String key : new TreeMap<>(body).keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(key + ": unknown, must be one of " + KEYS);
            }
        }
        if (body.isEmpty()) {
            throw new IllegalArgumentException("nothing to change: give at least one of " + KEYS);
        }
        return new SettingsChange(number("limit", body), number("shared-limit", body), duration("timeout", body));
    }

    private static @Nullable Integer number(String key, Map<String, ?> body) {
        if (!body.containsKey(key)) {
            return null;
        }
        String value = String.valueOf(body.get(key));
        try {
            return Integer.valueOf(value.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    key + " '" + value + "': must be a whole number above 0, or -1 for no limit", e);
        }
    }

    private static @Nullable Duration duration(String key, Map<String, ?> body) {
        if (!body.containsKey(key)) {
            return null;
        }
        String value = String.valueOf(body.get(key));
        try {
            return DurationStyle.detectAndParse(value.trim());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    key + " '" + value + "': must be a duration above zero such as 2s or PT2S, or -1s for no timeout",
                    e);
        }
    }
}
