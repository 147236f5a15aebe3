package io.github.errgroup.contract;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;

/** Waiting for what no latch can tell: that a thread is parked, that a count was reached. */
final class Threads {
    private Threads() {}

    /** Waits until the condition holds. */
    static void until(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(10))
                .pollInSameThread()
                .until(condition);
    }

    /** Waits until the thread is parked. */
    static void untilParked(Thread thread) {
        until(() -> isParked(thread));
    }

    /** Waits until the thread's task queues for the shared slot that it gave back. */
    static void untilQueuedAgain(Thread thread) {
        until(() -> queuesAgain(thread));
    }

    static boolean queuesAgain(Thread thread) {
        return isParked(thread)
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("takeSharedSlotsAgain"));
    }

    static boolean isParked(Thread thread) {
        Thread.State state = thread.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }
}
