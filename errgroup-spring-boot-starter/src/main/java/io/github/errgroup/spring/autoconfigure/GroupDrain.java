package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How the groups of an application come to their end: running, then draining (someone waits for the last group), then
 * stopped (whatever still opens is cancelled at once). It never goes back, but for {@link #restart}.
 */
final class GroupDrain {
    /** An upper bound on how late a change is seen that no listener tells: a group that nobody closes ran out of tasks. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();

    /** Written by the shutdown's thread, read by every thread in which a group ends. */
    private volatile boolean draining;

    /** Written by the shutdown's thread, read by every thread that opens a group. */
    private volatile boolean stopped;

    /** A group has opened; after the stop it must not run anything. */
    void opened(ErrGroup group) {
        if (stopped) {
            group.shutdown();
        }
    }

    /** A group has ended, or its last task has. */
    void changed() {
        if (draining) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** From now on every group that opens is cancelled at once. The caller cancels those that were open before. */
    void stop() {
        stopped = true;
    }

    void restart() {
        stopped = false;
        draining = false;
    }

    /** Waits until the condition holds, which is asked again after each change; false if the time ran out. */
    boolean await(BooleanSupplier condition, Duration patience) throws InterruptedException {
        draining = true;
        long end = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // The result is of no use: the loop looks at the condition and the clock itself.
                long unused = changed.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
