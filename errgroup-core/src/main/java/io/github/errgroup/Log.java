package io.github.errgroup;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The library's one logger, {@code io.github.errgroup}. */
final class Log {
    private static final System.Logger LOGGER = System.getLogger("io.github.errgroup");

    private Log() {}

    static void warn(String message) {
        log(Level.WARNING, message, null);
    }

    static void warn(String message, Throwable failure) {
        log(Level.WARNING, message, failure);
    }

    static void error(String message, Throwable failure) {
        log(Level.ERROR, message, failure);
    }

    /** The engine catches what tasks throw, so what ends a thread of ours is a fault of the engine's: say so. */
    static void uncaught(Throwable fault) {
        error("thread '" + Thread.currentThread().getName() + "' ended with an uncaught exception", fault);
    }

    private static void log(Level level, String message, @Nullable Throwable failure) {
        try {
            LOGGER.log(level, message, failure);
        } catch (Throwable nowhereToTell) {
            // A logger that throws must not keep a task from its end. Not suppressed in the failure: that is the user's
            // (J7).
        }
    }
}
