package io.github.errgroup.contract;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.concurrent.CountDownLatch;

/** Opens once and lets everybody pass. Whoever waits ten seconds fails, so that a broken engine hangs no build. */
final class Gate {
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch latch;

    Gate() {
        this(1);
    }

    /** A gate that opens at the given number of calls to {@link #open()}. */
    Gate(int calls) {
        this.latch = new CountDownLatch(calls);
    }

    void open() {
        latch.countDown();
    }

    boolean isOpen() {
        return latch.getCount() == 0;
    }

    /** Waits; an interrupt ends the wait. */
    void pass() throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, SECONDS)) {
            throw new AssertionError("the gate did not open");
        }
    }

    /** Waits for at most this long. Only for what must not happen: it can miss an error, and never invents one. */
    boolean opensWithinMillis(long millis) throws InterruptedException {
        return latch.await(millis, java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    /** Waits, whatever happens: as a task that ignores cancellation. Leaves the interrupt flag as it finds it. */
    void passIgnoringInterrupts() {
        long end = System.nanoTime() + SECONDS.toNanos(PATIENCE_SECONDS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (!latch.await(end - System.nanoTime(), NANOSECONDS)) {
                        throw new AssertionError("the gate did not open");
                    }
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
