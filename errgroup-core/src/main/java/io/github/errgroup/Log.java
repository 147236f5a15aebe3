package io.github.errgroup;

import java.lang.System.Logger.Level;

/** The library's one logger, {@code io.github.errgroup}. */
final class Log {
    private static final System.Logger LOGGER = System.getLogger("io.github.errgroup");

    private Log() {}

    static void warn(String message) {
        LOGGER.log(Level.WARNING, message);
    }

    static void warn(String message, Throwable failure) {
        LOGGER.log(Level.WARNING, message, failure);
    }

    static void error(String message, Throwable failure) {
        LOGGER.log(Level.ERROR, message, failure);
    }
}
