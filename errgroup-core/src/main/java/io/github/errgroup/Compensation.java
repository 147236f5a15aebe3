package io.github.errgroup;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps groups on one handed-in executor from waiting for ever (N1, N2): a compensating thread runs accepted but
 * unstarted tasks of groups that somebody waits for, as {@code ForkJoinPool}'s ManagedBlocker does it.
 *
 * <ol>
 *   <li>{@link #active} counts compensating threads that do not themselves wait; one is started only at 0.
 *   <li>A thread that finds nothing to do leaves {@code active}, then looks once more; a waiter registers its group,
 *       then looks at {@code active}: one of them sees the other.
 *   <li>A compensating thread whose task waits leaves {@code active} for the time, so that another may be started, and
 *       is back in it before the task goes on; then there may be two, and the first to end its task goes.
 * </ol>
 */
final class Compensation {
    private final HandedInExecutor home;

    /** Groups that somebody waits for, with the number of waiters. */
    private final ConcurrentHashMap<GroupEngine, Integer> waitedFor = new ConcurrentHashMap<>();

    /** Waiters that are tasks of ours on this executor: their groups are compensated at once. */
    private final AtomicInteger ownWaiters = new AtomicInteger();

    private final AtomicInteger active = new AtomicInteger();

    private final AtomicBoolean logged = new AtomicBoolean();

    private final AtomicInteger threads = new AtomicInteger();

    Compensation(HandedInExecutor home) {
        this.home = home;
    }

    void waitBegins(GroupEngine engine, boolean own) {
        waitedFor.merge(engine, 1, Integer::sum);
        if (own) {
            ownWaiters.incrementAndGet();
            compensate();
        }
    }

    void waitEnds(GroupEngine engine, boolean own) {
        if (own) {
            ownWaiters.decrementAndGet();
        }
        waitedFor.computeIfPresent(engine, (group, waiters) -> waiters == 1 ? null : waiters - 1);
    }

    /** A task was launched: if a task of ours waits here, its group needs help at once. */
    void launched(GroupEngine engine) {
        if (ownWaiters.get() > 0 && waitedFor.containsKey(engine)) {
            compensate();
        }
    }

    /** Looks after a wait of {@code patienceNanos}: no task of ours started or ended for that long. */
    void checkProgress(long patienceNanos) {
        if (System.nanoTime() - home.progressNanos() >= patienceNanos) {
            compensate();
        }
    }

    /** Sees to it that a compensating thread is at work, if there is work. */
    void compensate() {
        if (nextUnstarted() != null && active.compareAndSet(0, 1)) {
            try {
                new CompensatingThread(this, threads.incrementAndGet()).start();
            } catch (Throwable e) {
                active.decrementAndGet();
                Log.warn("no compensating thread can be had for executor " + home + "; will try again", e);
            }
        }
    }

    private @Nullable TaskRun<?> nextUnstarted() {
        for (GroupEngine engine : waitedFor.keySet()) {
            TaskRun<?> task = engine.live().findReady();
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    private void work(Thread thread) {
        for (; ; ) {
            TaskRun<?> task = nextUnstarted();
            if (task == null) {
                active.decrementAndGet();
                if (nextUnstarted() == null || !active.compareAndSet(0, 1)) {
                    return;
                }
            } else if (task.claim(thread)) {
                logOnce(task);
                task.engine.tellCompensated(task);
                home.host(task, thread, Host.POOL_THREAD);
                if (leaveIfSuperfluous()) {
                    return;
                }
            }
        }
    }

    private boolean leaveIfSuperfluous() {
        for (int now = active.get(); now > 1; now = active.get()) {
            if (active.compareAndSet(now, now - 1)) {
                return true;
            }
        }
        return false;
    }

    private void logOnce(TaskRun<?> task) {
        if (logged.compareAndSet(false, true)) {
            Log.warn("executor " + home + " is starved or drops tasks: " + task.describe()
                    + " was accepted, somebody waits for it, and no thread of the executor runs it. A compensating"
                    + " thread does. Give the executor more threads, or let groups use their own. Logged once per"
                    + " executor");
        }
    }

    /** A platform thread, since the tasks may be what blocks the virtual ones. */
    static final class CompensatingThread extends Thread {
        private final Compensation owner;

        CompensatingThread(Compensation owner, int number) {
            super(null, null, "errgroup-compensating-" + number, 0, false);
            this.owner = owner;
            setDaemon(true);
        }

        @Override
        public void run() {
            owner.work(this);
        }

        void waitBegins() {
            owner.active.decrementAndGet();
        }

        void waitEnds() {
            owner.active.incrementAndGet();
        }
    }
}
