package io.github.errgroup.soak;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The broken invariants: each is told at once, the first ones in full. Thread-safe. */
final class Violations {
    private static final int TOLD = 20;

    private final long seed;

    private final AtomicLong count = new AtomicLong();

    /**
     * None yet.
     *
     * @param seed told with each, so that the same load can be drawn again
     */
    Violations(long seed) {
        this.seed = seed;
    }

    /**
     * An invariant is broken.
     *
     * @param invariant what must hold
     * @param where in which group or at which point, and what was seen instead
     */
    void broken(String invariant, String where) {
        broken(invariant, where, null);
    }

    /**
     * As {@link #broken(String, String)}.
     *
     * @param thrown what was thrown instead; null if nothing was
     */
    void broken(String invariant, String where, @Nullable Throwable thrown) {
        long number = count.incrementAndGet();
        if (number > TOLD) {
            return;
        }
        synchronized (System.out) {
            System.out.println("BROKEN " + number + " (seed " + seed + "): " + invariant + "\n  " + where);
            if (thrown != null) {
                thrown.printStackTrace(System.out);
            }
            if (number == TOLD) {
                System.out.println("further ones are counted only");
            }
        }
    }

    long count() {
        return count.get();
    }
}
