package io.github.errgroup;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A group's own deadline: when it is, and the timer set for it. Made when a group first has one. */
final class Deadline {
    private final GroupEngine engine;

    private final GroupClock clock;

    private final long openedNanos;

    private final ReentrantLock lock = new ReentrantLock();

    /** From opening; null for none. Written under {@link #lock}, read by anyone. */
    private volatile @Nullable Duration timeout;

    /** Guarded by {@link #lock}. */
    private GroupContext.@Nullable Registration timer;

    /** Guarded by {@link #lock}. */
    private boolean ended;

    Deadline(GroupEngine engine, long openedNanos) {
        this.engine = engine;
        this.clock = engine.options().clock();
        this.openedNanos = openedNanos;
    }

    void set(@Nullable Duration newTimeout) {
        lock.lock();
        try {
            stopTimer();
            timeout = newTimeout;
            if (newTimeout != null && !ended) {
                timer = clock.schedule(left(newTimeout), engine::expire);
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
        GroupContext.Registration old = timer;
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
        Duration left = total.minusNanos(engine.nanosSince(openedNanos));
        return left.isNegative() ? Duration.ZERO : left;
    }
}
