package io.github.errgroup.soak;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Interrupts owners while they wait, at most once each time. */
final class Interrupter {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(body -> {
        Thread thread = new Thread(null, body, "soak-interrupter");
        thread.setDaemon(true);
        return thread;
    });

    /** One interrupt, to come. */
    static final class Interrupt {
        private final Thread owner = Thread.currentThread();

        /** Guarded by this. */
        private boolean delivered;

        /** Guarded by this. */
        private boolean withdrawn;

        private synchronized void deliver() {
            if (!withdrawn) {
                delivered = true;
                owner.interrupt();
            }
        }

        /** After this none comes. Returns whether it came. */
        synchronized boolean withdraw() {
            withdrawn = true;
            return delivered;
        }
    }

    /** Interrupts the calling thread in a while. */
    Interrupt after(Duration delay) {
        Interrupt interrupt = new Interrupt();
        timer.schedule(interrupt::deliver, delay.toNanos(), TimeUnit.NANOSECONDS);
        return interrupt;
    }

    void close() {
        timer.shutdownNow();
    }
}
