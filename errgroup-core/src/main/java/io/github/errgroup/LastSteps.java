package io.github.errgroup;

import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Which threads of a external executor may be on their way back to its queue (N2). A task frees its slot in the executor's
 * thread, so the next one comes before that thread can take it: an executor that has room for exactly as many tasks as the
 * limit allows rejects it then, and takes it a moment later.
 *
 * <pre>
 *  BACK ──its task is about to free the slot──▶ LEAVING ──run() has returned──▶ RETURNED
 *    ▲                                                                             │
 *    └──────────────────── takes a task of ours, or is seen to have ended ─────────┘
 * </pre>
 *
 * <ol>
 *   <li>A thread is LEAVING before the slot is free. So whoever has got the slot, and whose task is then rejected for the
 *       sake of that thread, finds it LEAVING or RETURNED, or BACK since after the attempt began.
 *   <li>A thread that has returned and takes none of our tasks (it is idle, or somebody else's task has it) counts as on
 *       its way for {@link #LONGEST_WAY_NANOS}.
 *   <li>Tasks that are skipped while the executor has them leave their commands in its queue, where they take room until a
 *       thread has found that there is nothing to run. They count for as long.
 * </ol>
 */
final class LastSteps {
    private static final int BACK = 0;

    private static final int LEAVING = 1;

    private static final int RETURNED = 2;

    /** Far more than a thread needs, unless the machine has no processor for it. */
    private static final long LONGEST_WAY_NANOS = 1_000_000_000L;

    /** An ended thread is forgotten no sooner than this after it was seen to have ended: somebody may be looking. */
    private static final long LONGEST_LOOK_NANOS = 20_000_000L;

    private static final long FIRST_PAUSE_NANOS = 50_000;

    /** Ten pauses double up to this: longer ones would outlast what they wait for. */
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    /** So many pauses come to nearly half a second: more than a busy processor keeps a thread waiting. */
    static final int MAX_PAUSES = 18;

    private static final int FIRST_SWEEP = 64;

    /** By the threads' ids, since a thread that has ended may hold on to what it ran (J14). */
    private final ConcurrentHashMap<Long, PoolThread> threads = new ConcurrentHashMap<>();

    /** Commands of ours that nobody has found yet. */
    private final AtomicInteger abandoned = new AtomicInteger();

    /** When the last one was abandoned, in nanoTime. Written before {@link #abandoned}. */
    private volatile long abandonedNanos;

    /** At how many threads those that have ended are looked for again. A race costs a sweep. */
    private volatile int nextSweep = FIRST_SWEEP;

    /** A thread of the executor, as the host of the task that it runs. */
    static final class PoolThread extends WeakReference<Thread> implements Host {
        /** The protocol above. Written by the thread; BACK also by a thread that sees that it has ended. */
        private volatile int phase;

        /** Since when it is BACK or RETURNED, in nanoTime. Written before {@link #phase}. */
        private volatile long sinceNanos;

        PoolThread(Thread thread) {
            super(thread);
        }

        private void is(int next, long nanos) {
            sinceNanos = nanos;
            phase = next;
        }

        /** It has taken a task. */
        void begins(long nanos) {
            is(BACK, nanos);
        }

        @Override
        public void taskEnds(TaskRun<?> task, boolean interrupted) {
            Host.POOL_THREAD.taskEnds(task, interrupted);
            phase = LEAVING; // fault: thread-is-leaving
        }

        /** It leaves what the executor called. */
        void returns(long nanos) {
            is(RETURNED, nanos);
        }

        private boolean hasEnded() {
            Thread thread = get();
            return thread == null || !thread.isAlive();
        }

        /** Whether it may have been on its way when an attempt was rejected that began then. */
        private boolean wasOnItsWay(long attemptNanos) {
            if (phase != BACK && hasEnded()) {
                is(BACK, System.nanoTime());
            }
            return switch (phase) {
                case LEAVING -> true;
                case RETURNED -> System.nanoTime() - sinceNanos < LONGEST_WAY_NANOS;
                default -> sinceNanos - attemptNanos >= 0; // fault: thread-is-back-since
            };
        }

        private boolean isToBeForgotten() {
            return hasEnded() && !wasOnItsWay(System.nanoTime() - LONGEST_LOOK_NANOS);
        }
    }

    /** The current thread, which is the executor's. */
    PoolThread current() {
        Thread thread = Thread.currentThread();
        PoolThread known = threads.get(thread.getId());
        if (known != null && known.get() == thread) {
            return known;
        }
        PoolThread made = new PoolThread(thread);
        threads.put(thread.getId(), made);
        if (threads.size() >= nextSweep) {
            threads.values().removeIf(PoolThread::isToBeForgotten); // survivor: ended-pool-threads-are-forgotten
            nextSweep = Math.max(FIRST_SWEEP, 2 * threads.size());
        }
        return made;
    }

    /** A task that was handed to the executor is never to run: its command takes room until a thread has found it. */
    void abandoned() {
        abandonedNanos = System.nanoTime();
        abandoned.incrementAndGet();
    }

    /** A thread has found a command with nothing to run. */
    void found() {
        abandoned.updateAndGet(now -> Math.max(0, now - 1));
    }

    /**
     * Whether a thread may have been on its way back when an attempt was rejected that began then, or the executor's queue
     * may have been full of abandoned commands.
     */
    boolean makeRoom(long attemptNanos) {
        if (abandoned.get() > 0 && System.nanoTime() - abandonedNanos < LONGEST_WAY_NANOS) {
            return true;
        }
        for (PoolThread thread : threads.values()) {
            if (thread.wasOnItsWay(attemptNanos)) {
                return true;
            }
        }
        return false;
    }

    /** Waits a moment before another attempt. An interrupt does not cut it short, and the flag stays. */
    static void pause(int pausesBefore) {
        long nanos = Math.min(FIRST_PAUSE_NANOS << Math.min(pausesBefore, 10), LONGEST_PAUSE_NANOS);
        long start = System.nanoTime();
        boolean interrupted = false;
        for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
            interrupted |= Thread.interrupted(); // else it would not park
            LockSupport.parkNanos(left);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
