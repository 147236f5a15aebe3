package io.github.errgroup.soak;

import org.jspecify.annotations.Nullable;

/** What one thread of the soak is at, and since when, for the watchdog. Written by that thread, read by the watchdog. */
final class Activity {
    /**
     * Something begun.
     *
     * @param what for messages
     * @param nanos when, as {@link System#nanoTime}
     */
    record Step(Object what, long nanos) {}

    private volatile @Nullable Step step;

    void begins(Object what) {
        step = new Step(what, System.nanoTime());
    }

    void ends() {
        step = null;
    }

    /** What is going on; null for nothing. */
    @Nullable
    Step step() {
        return step;
    }
}
