package io.github.errgroup;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A group's own deadline: when it is, and the timer set for it. Made when a group first has one. */
final class Deadline {
    private final GroupClock clock;

    private final long openedNanos;

    private final ReentrantLock lock = new ReentrantLock();

    /** From opening; null for none. Written under {@link #lock}, read by anyone. */
    private volatile @Nullable Duration timeout;

    /** Guarded by {@link #lock}. */
    private @Nullable Registration timer;

    /** Guarded by {@link #lock}. */
    private boolean ended;

    /** What is done when it has passed, by the timer: no user code. */
    private final Runnable expiry;

    Deadline(GroupClock clock, long openedNanos, Runnable expiry) {
        this.clock = clock;
        this.openedNanos = openedNanos;
        this.expiry = expiry;
    }

    void set(@Nullable Duration newTimeout) {
        lock.lock();
        try {
            stopTimer();
            timeout = newTimeout;
            if (newTimeout != null && !ended) {
                timer = clock.schedule(left(newTimeout), expiry);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The group has ended: nothing will expire. */
    void end() {
        lock.lock();
        try {
            ended = true;
            stopTimer();
        } finally {
            lock.unlock();
        }
    }

    private void stopTimer() {
        Registration old = timer;
        timer = null;
        if (old != null) {
            old.close();
        }
    }

    @Nullable
    Duration timeout() {
        return timeout;
    }

    /** Zero when it has passed; null where there is none. */
    @Nullable
    Duration remaining() {
        Duration now = timeout;
        return now == null ? null : left(now);
    }

    private Duration left(Duration total) {
        Duration left = total.minusNanos(Math.max(0, clock.nanoTime() - openedNanos));
        return left.isNegative() ? Duration.ZERO : left;
    }
}
