package io.github.errgroup.soak;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Listens to what the engine logs, and keeps it off the console: warnings (stragglers, starved pools) are part of the load
 * and counted, an error is a broken invariant.
 */
final class EngineLog extends Handler {
    /** Kept, for a logger that nobody holds loses its settings. */
    private static final Logger LOGGER = Logger.getLogger("io.github.errgroup");

    private final World world;

    private EngineLog(World world) {
        this.world = world;
    }

    static void listen(World world) {
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(new EngineLog(world));
    }

    @Override
    public void publish(LogRecord logged) {
        if (logged.getLevel().intValue() >= Level.SEVERE.intValue()) {
            world.violations()
                    .broken("the engine logs no error", String.valueOf(logged.getMessage()), logged.getThrown());
        } else if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
            world.totals().happened("warning logged");
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
