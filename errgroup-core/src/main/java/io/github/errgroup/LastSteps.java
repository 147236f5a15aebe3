package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Which threads of an external executor may be on their way back to its queue (N2). A task frees its slot in the executor's
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
 *   <li>A thread is LEAVING before the slot is free. So a thread that gets the slot, and whose task is then rejected because
 *       that one is not back, finds it LEAVING or RETURNED, or finds that it came BACK after the attempt began: each step of
 *       a thread
 *       changes {@link #moves}, which is read before the attempt and after it.
 *   <li>The threads read no clock, and an attempt reads {@link #moves} only on an executor that has rejected a task before. At
 *       the first rejection of an executor any thread that has ever returned counts as back since the attempt began.
 *   <li>A thread that has returned and takes none of our tasks (it is idle, or somebody else's task has it) counts as on
 *       its way for {@link #LONGEST_WAY_NANOS} from when it is first looked at.
 *   <li>Tasks that are skipped, or run by a compensating thread, while the executor has them leave their commands in its
 *       queue, where they take room until a thread has found that there is nothing to run. They count for as long, each once,
 *       and are counted before their slots are free. A thread that has found one is LEAVING before it counts no more.
 * </ol>
 */
final class LastSteps {
    private static final int BACK = 0;

    private static final int LEAVING = 1;

    private static final int RETURNED = 2;

    /** The phase takes two bits of a thread's state; the number of its turn is above them. */
    private static final int PHASE = 3;

    private static final int ONE_TURN = PHASE + 1;

    /** Far more than a thread needs, unless the machine has no processor for it. */
    private static final long LONGEST_WAY_NANOS = 1_000_000_000L;

    private static final long FIRST_PAUSE_NANOS = 50_000;

    /** Ten pauses double up to this: longer ones would outlast what they wait for. */
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    /** So many pauses come to nearly half a second: more than a busy processor keeps a thread waiting. */
    static final int MAX_PAUSES = 18;

    private static final int FIRST_SWEEP = 64;

    /** Above what the states of the threads add up to. */
    private static final int FORGOTTEN_SHIFT = 44;

    /** Of the moves before the first attempt that was rejected: no sum of theirs. */
    static final long UNKNOWN = -1;

    /** A task's command: the executor does not have it. So it begins. */
    private static final int KEPT = 0;

    /** The executor has it, or is about to, and no more is known of its task. */
    private static final int HANDED = 1;

    /** The executor has it, or is about to, and there is nothing to run: it is counted. */
    private static final int ABANDONED = 2;

    /** It was found with nothing to run, or is never to be handed over. */
    private static final int GONE = 3;

    private static final VarHandle STATE;

    private static final VarHandle COMMAND;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(PoolThread.class, "state", int.class);
            COMMAND = lookup.findVarHandle(TaskExtras.class, "command", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** By the threads' ids, since a thread that has ended may hold on to what it ran (J14). */
    private final ConcurrentHashMap<Long, PoolThread> threads = new ConcurrentHashMap<>();

    /** Whether the executor has ever rejected a task. */
    private volatile boolean hasRejected;

    /** How many ended threads were forgotten. */
    private final AtomicLong forgotten = new AtomicLong();

    /** Commands of ours that nobody has found yet. */
    final AtomicInteger abandoned = new AtomicInteger();

    /** When the last one was abandoned, in nanoTime. Written before {@link #abandoned}. */
    private volatile long abandonedNanos;

    /** At how many threads those that have ended are looked for again. A race costs a sweep. */
    private volatile int nextSweep = FIRST_SWEEP;

    /** A thread of the executor, as the host of the task that it runs. */
    static final class PoolThread extends WeakReference<Thread> implements Host {
        /**
         * The protocol above: the turn and the phase. Written by the thread, in release mode, since a slot is freed behind a
         * full fence; by CAS by a thread that sees that it has ended. Read by anyone.
         */
        private volatile int state;

        /**
         * The state of a thread that was looked at when it had returned. Written by the threads that look; a race costs a
         * look.
         */
        private volatile int stateSeen;

        /** When, in nanoTime. Written before {@link #stateSeen}. */
        private volatile long seenNanos;

        PoolThread(Thread thread) {
            super(thread);
        }

        /** It has taken a command of ours. */
        void begins() {
            STATE.setRelease(this, (state & ~PHASE) + ONE_TURN + BACK);
        }

        @Override
        public void taskEnds(TaskRun<?> task, boolean interrupted) {
            Host.POOL_THREAD.taskEnds(task, interrupted);
            leaves(); // fault: thread-is-leaving
        }

        private void leaves() {
            STATE.setRelease(this, (state & ~PHASE) + LEAVING);
        }

        /** It leaves what the executor called. */
        void returns() {
            STATE.setRelease(this, (state & ~PHASE) + RETURNED);
        }

        private boolean hasEnded() {
            Thread thread = get();
            return thread == null || !thread.isAlive();
        }

        private boolean isOnItsWay() {
            int now = state;
            if ((now & PHASE) == BACK) {
                return false;
            }
            if (hasEnded()) {
                STATE.compareAndSet(this, now, (now & ~PHASE) + ONE_TURN + BACK);
                return true; // until now; others see that it has moved
            }
            if ((now & PHASE) == LEAVING) {
                return true;
            }
            if (stateSeen != now) {
                seenNanos = System.nanoTime();
                stateSeen = now;
            }
            return System.nanoTime() - seenNanos < LONGEST_WAY_NANOS;
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
            threads.forEach((id, old) -> {
                if (old.hasEnded() && threads.remove(id, old)) { // survivor: ended-pool-threads-are-forgotten
                    forgotten.incrementAndGet();
                }
            });
            nextSweep = Math.max(FIRST_SWEEP, 2 * threads.size());
        }
        return made;
    }

    /** Changes with each step of a thread. */
    long moves() {
        long sum = forgotten.get() << FORGOTTEN_SHIFT;
        for (PoolThread thread : threads.values()) {
            sum += thread.state;
        }
        return sum;
    }

    /** What {@link #makeRoom} is to be told if the attempt that begins now is rejected. */
    long movesBeforeAttempt() {
        return hasRejected ? moves() : UNKNOWN;
    }

    // ---- commands

    /** A task is about to be handed to the executor. Called before others see that; its seat is a full fence. */
    void launched(TaskExtras task) {
        COMMAND.setOpaque(task, HANDED);
    }

    /** Before each attempt. Returns false if the task was skipped or compensated after one that was rejected. */
    boolean handOver(TaskExtras task) {
        int now = task.command;
        return now == HANDED || now == ABANDONED || COMMAND.compareAndSet(task, KEPT, HANDED);
    }

    /** The executor has not taken it. */
    void takeBack(TaskExtras task) {
        if (!COMMAND.compareAndSet(task, HANDED, KEPT)) {
            found(task);
        }
    }

    /** A task is skipped, or a compensating thread has it. */
    void abandon(TaskExtras task) {
        while (!COMMAND.compareAndSet(task, KEPT, GONE)) {
            abandonedNanos = System.nanoTime();
            abandoned.incrementAndGet(); // before it can be found
            if (COMMAND.compareAndSet(task, HANDED, ABANDONED)) { // fault: abandoned-command-is-counted-once
                return;
            }
            abandoned.decrementAndGet();
            if (task.command == GONE) {
                return;
            }
        }
    }

    /** Its command was found, and there is nothing to run. */
    void found(TaskExtras task) {
        if ((int) COMMAND.getAndSet(task, GONE) == ABANDONED) {
            abandoned.decrementAndGet();
        }
    }

    /** The current thread, which is the executor's, has found a command with nothing to run. */
    void found(TaskExtras task, PoolThread thread) {
        thread.leaves(); // fault: finder-is-leaving
        found(task);
    }

    // ---- rejections

    /**
     * Whether a thread may have been on its way back when an attempt was rejected, or the executor's queue may have been full
     * of abandoned commands.
     *
     * @param movesBefore what {@link #movesBeforeAttempt} gave
     */
    boolean makeRoom(long movesBefore) {
        hasRejected = true;
        if (abandoned.get() > 0 && System.nanoTime() - abandonedNanos < LONGEST_WAY_NANOS) {
            return true;
        }
        for (PoolThread thread : threads.values()) {
            if (thread.isOnItsWay()) {
                return true;
            }
        }
        return movesBefore == UNKNOWN ? hasSeenAnyReturn() : moves() != movesBefore; // fault: thread-is-back-since
    }

    private boolean hasSeenAnyReturn() {
        for (PoolThread thread : threads.values()) {
            if (thread.state != ONE_TURN + BACK) {
                return true;
            }
        }
        return forgotten.get() > 0;
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
