package io.github.errgroup.soak;

import io.github.errgroup.SharedLimit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A shared limit, and our own count of the tasks that hold a slot of it. The count is never above the truth: a task that
 * waits for a group below it is taken out before it waits, and put back after. So a count above the limit is a fault.
 */
final class SharedGauge {
    private final SharedLimit limit;

    private final int ceiling;

    private final AtomicInteger running = new AtomicInteger();

    private final AtomicInteger peak = new AtomicInteger();

    /**
     * A shared limit.
     *
     * @param ceiling its value, and the most that it is ever changed to
     */
    SharedGauge(int ceiling) {
        this.ceiling = ceiling;
        this.limit = new SharedLimit(ceiling);
    }

    SharedLimit limit() {
        return limit;
    }

    int ceiling() {
        return ceiling;
    }

    /** A task has a slot. Returns whether that is one too many. */
    boolean enter() {
        int now = running.incrementAndGet();
        peak.accumulateAndGet(now, Math::max);
        return now > ceiling;
    }

    void leave() {
        running.decrementAndGet();
    }

    int running() {
        return running.get();
    }

    int peak() {
        return peak.get();
    }
}
