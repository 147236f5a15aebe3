package io.github.errgroup;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells a lost wake-up, and goes on. The other actor's part takes microseconds, so an actor that is parked for seconds
 * was not woken: it is woken here, and the sample says so.
 */
final class Rescue {
    /** Long enough for two threads to be scheduled on a crowded machine. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Once one was lost the test is red; the next ones are to hold it up no more. */
    private static final long SHORT_PATIENCE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private static final long LONGEST_NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final ConcurrentHashMap<Rescue, Rescue> WATCHED = new ConcurrentHashMap<>();

    private static volatile long patienceNanos = PATIENCE_NANOS;

    static {
        Thread watch = new Thread(null, Rescue::watchAll, "rescue", 0, false);
        watch.setDaemon(true);
        watch.start();
    }

    private final Thread thread = Thread.currentThread();

    private final long startNanos = System.nanoTime();

    private final Runnable remedy;

    /** Written by the watch, read by the thread. */
    private volatile boolean needed;

    private Rescue(Runnable remedy) {
        this.remedy = remedy;
    }

    /**
     * Runs an action that may park, and looks again when it is unparked.
     *
     * @return "woken", or "lost" if it had to be rescued
     */
    static String watch(Runnable mayPark) {
        return watch(mayPark, () -> {});
    }

    /**
     * Runs an action that may park.
     *
     * @param remedy what ends its wait if a mere wake-up does not
     * @return "woken", or "lost" if it had to be rescued
     */
    static String watch(Runnable mayPark, Runnable remedy) {
        Rescue rescue = new Rescue(remedy);
        WATCHED.put(rescue, rescue);
        try {
            mayPark.run();
        } finally {
            WATCHED.remove(rescue);
        }
        return rescue.needed ? "lost" : "woken";
    }

    private static void watchAll() {
        for (; ; ) {
            LockSupport.parkNanos(Math.min(patienceNanos, LONGEST_NAP_NANOS));
            for (Rescue rescue : WATCHED.values()) {
                if (System.nanoTime() - rescue.startNanos > patienceNanos) {
                    rescue.rescue();
                }
            }
        }
    }

    private void rescue() {
        patienceNanos = SHORT_PATIENCE_NANOS;
        needed = true;
        remedy.run();
        LockSupport.unpark(thread);
    }
}
