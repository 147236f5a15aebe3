package io.github.errgroup.spring.micrometer;

import java.util.Locale;

/** How constants are written in tags. */
final class LowerCase {
    private LowerCase() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
