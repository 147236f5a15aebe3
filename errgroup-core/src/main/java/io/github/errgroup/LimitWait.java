package io.github.errgroup;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How long one call of {@code go} may still wait for its slots (N13), of the group's limit and of a shared one together. It
 * counts from the call's first wait, in the group's clock. Its end is seen by the waiting thread alone, which then leaves the
 * queue, unless it was just given a slot.
 */
final class LimitWait implements AutoCloseable {
    private final GroupClock clock;

    private final Duration limit;

    private final Thread caller = Thread.currentThread();

    /** Written by the timer, read by the caller. */
    private volatile boolean over;

    /** Null before the first wait. The caller's alone. */
    private @Nullable Registration timer;

    LimitWait(GroupClock clock, Duration limit) {
        this.clock = clock;
        this.limit = limit;
        this.over = limit.isZero();
    }

    /** The caller begins to wait, or to wait once more. */
    void begin() {
        if (timer == null) {
            timer = clock.schedule(limit, this::end);
        }
    }

    private void end() {
        over = true;
        LockSupport.unpark(caller);
    }

    boolean isOver() {
        return over;
    }

    Duration limit() {
        return limit;
    }

    @Override
    public void close() {
        Registration set = timer;
        if (set == null) {
            return;
        }
        try {
            set.close();
        } catch (Throwable e) {
            Log.warn("the clock of a group could not take back a timer", e); // the task may run already
        }
    }
}
