package io.github.errgroup;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved, and rings no alarm. It begins near the overflow of nanoTime. */
final class FrozenClock implements GroupClock {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public Registration schedule(Duration delay, Runnable action) {
        return () -> {};
    }

    void advance(Duration step) {
        now.addAndGet(step.toNanos());
    }
}
