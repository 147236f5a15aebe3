package io.github.errgroup;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps groups on one external executor from waiting for ever (N1, N2): a compensating thread runs accepted but
 * unstarted tasks of groups that somebody waits for, as {@code ForkJoinPool}'s ManagedBlocker does it.
 *
 * <pre>
 *  63 .... 32 | 31 .... 0
 *  round      | at work        compensating threads of this round that do not themselves wait
 * </pre>
 *
 * <ol>
 *   <li>A thread is started where none is at work. Where those at work have started and ended no task for a starvation
 *       timeout, they are written off, since their tasks may need the ones that have not started: the round changes, and
 *       one thread is at work in the new one. So there is one thread more for each timeout in which nothing has moved.
 *   <li>{@link #movedNanos} is written before the word, and read after it. So of two waiters that look at the same moment
 *       one starts a thread, and the other sees that something has moved.
 *   <li>A thread that has ended a task ends if another is at work. Else it goes on; written off, it is at work again.
 *   <li>A thread that finds nothing to do is no longer at work, then looks once more; a waiter registers its group, then
 *       looks how many are at work: one of them sees the other.
 *   <li>A thread whose task waits is not at work for the time, and is again before the task goes on.
 *   <li>A task has its slot before it is launched: however many threads there are, they run no more tasks of a group than
 *       its limit.
 * </ol>
 */
final class Compensation {
    private static final int ROUND_SHIFT = 32;

    private static final long ONE_ROUND = 1L << ROUND_SHIFT;

    private final ExternalExecutor home;

    /** Groups that somebody waits for, with the number of waiters. */
    private final ConcurrentHashMap<TaskGroup, Integer> waitedFor = new ConcurrentHashMap<>();

    /** Waiters that are tasks of ours on this executor: their groups are compensated at once. */
    private final AtomicInteger ownWaiters = new AtomicInteger();

    /** The protocol above. */
    final AtomicLong word = new AtomicLong();

    /**
     * When a compensating thread was last started, or last started or ended a task, in nanoTime. Written by the thread
     * that starts it and by itself, read by waiters.
     */
    private volatile long movedNanos;

    private final AtomicBoolean logged = new AtomicBoolean();

    private final AtomicInteger threads = new AtomicInteger();

    Compensation(ExternalExecutor home) {
        this.home = home;
    }

    void waitBegins(TaskGroup group, boolean own) {
        waitedFor.merge(group, 1, Integer::sum);
        if (own) {
            ownWaiters.incrementAndGet();
            compensate();
        }
    }

    void waitEnds(TaskGroup group, boolean own) {
        if (own) {
            ownWaiters.decrementAndGet();
        }
        waitedFor.computeIfPresent(group, (key, waiters) -> waiters == 1 ? null : waiters - 1);
    }

    /** A task was launched: if a task of ours waits here, its group needs help at once. */
    void launched(TaskGroup group) {
        if (ownWaiters.get() > 0 && waitedFor.containsKey(group)) {
            compensate();
        }
    }

    /**
     * What a thread that waits for a group does for it.
     *
     * @param own whether the waiter is a task of ours on this executor: then the group is compensated at once
     */
    Launcher.Watch watch(TaskGroup group, boolean own) {
        return new Watch(group, own);
    }

    private final class Watch implements Launcher.Watch {
        /** A group of whose tasks none starts or ends for this many patiences lost a task on a busy executor (N2). */
        private static final int LOST_AFTER = 10;

        private final TaskGroup group;

        private final boolean own;

        private long progressSeen;

        private long progressNanos = System.nanoTime();

        private long movesSeen = home.moves();

        private long movesNanos = progressNanos;

        Watch(TaskGroup group, boolean own) {
            this.group = group;
            this.own = own;
            this.progressSeen = group.progress();
        }

        @Override
        public void begin() {
            waitBegins(group, own);
        }

        @Override
        public void look(long patienceNanos) {
            long now = System.nanoTime();
            long progress = group.progress();
            if (progress != progressSeen) {
                progressSeen = progress;
                progressNanos = now;
            }
            long moves = home.moves();
            if (moves != movesSeen) {
                movesSeen = moves;
                movesNanos = now;
            }
            if (now - movesNanos >= patienceNanos) { // the executor is starved
                compensateAgain(patienceNanos);
            } else if (now - progressNanos >= LOST_AFTER * patienceNanos) {
                compensateAgain(LOST_AFTER * patienceNanos);
            } else if (own) {
                compensate();
            }
        }

        @Override
        public void end() {
            waitEnds(group, own);
        }
    }

    /** Sees to it that a compensating thread is at work, if there is work. */
    void compensate() {
        long now = word.get();
        if (atWork(now) == 0 && nextUnstarted() != null) {
            start(now, now + 1);
        }
    }

    /** Sees to it that a compensating thread is at work that has moved within the last nanoseconds, if there is work. */
    void compensateAgain(long patienceNanos) {
        long now = word.get();
        if (atWork(now) == 0) {
            compensate();
        } else if (System.nanoTime() - movedNanos >= patienceNanos && nextUnstarted() != null) {
            start(now, (roundOf(now) << ROUND_SHIFT) + ONE_ROUND + 1);
        }
    }

    private void start(long seen, long next) {
        movedNanos = System.nanoTime(); // fault: move-is-told
        if (!word.compareAndSet(seen, next)) {
            return;
        }
        try {
            // fault: compensating-thread-starts
            new CompensatingThread(this, roundOf(next), threads.incrementAndGet()).start();
        } catch (Throwable e) {
            leave(roundOf(next)); // survivor: compensating-thread-cannot-start
            Log.warn("no compensating thread could be started for executor " + home + "; will try again", e);
        }
    }

    private static long roundOf(long word) {
        return word >>> ROUND_SHIFT;
    }

    private static int atWork(long word) {
        return (int) word;
    }

    private void leave(long round) {
        word.updateAndGet(now -> roundOf(now) == round ? now - 1 : now);
    }

    private @Nullable TaskRun<?> nextUnstarted() {
        for (TaskGroup group : waitedFor.keySet()) {
            TaskRun<?> task = LiveTasks.findReady(group.live());
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    private void run(TaskRun<?> task, Thread thread) {
        movedNanos = System.nanoTime();
        home.lastSteps.abandon(task.extras());
        try {
            logOnce(task);
            task.group.tellCompensated(task);
        } finally {
            String name = thread.getName();
            OpenersLoader.runWith(
                    task.group.openersLoader(), () -> home.hostElsewhere(task, thread, null, Host.POOL_THREAD));
            thread.setUncaughtExceptionHandler(null);
            if (!name.equals(thread.getName())) {
                thread.setName(name);
            }
        }
        movedNanos = System.nanoTime();
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
    static final class CompensatingThread extends TaskThread {
        private final Compensation owner;

        // What follows is its own, once it is started.

        private boolean isAtWork = true;

        /** In which round it is at work, or was last. */
        private long round;

        /** Waits that its task is in; a hook that runs in one may begin another. */
        private int waits;

        CompensatingThread(Compensation owner, long round, int number) {
            super(null, "errgroup-compensating-" + number, false);
            this.owner = owner;
            this.round = round;
        }

        @Override
        public void run() {
            try {
                boolean goesOn = true;
                while (goesOn) {
                    TaskRun<?> task = owner.nextUnstarted();
                    if (task == null) {
                        leave();
                        goesOn = owner.nextUnstarted() != null && goesOnAlone();
                    } else if (task.claim(this)) {
                        owner.run(task, this);
                        goesOn = goesOnAlone();
                    }
                }
            } finally {
                leave();
            }
        }

        /** Is at work from now on if no other thread is, else not. Of two that are at work and come here, one goes on. */
        private boolean goesOnAlone() {
            for (; ; ) {
                long now = owner.word.get();
                boolean counted = isAtWork && roundOf(now) == round;
                boolean alone = atWork(now) == (counted ? 1 : 0);
                long next = counted == alone ? now : alone ? now + 1 : now - 1;
                if (owner.word.compareAndSet(now, next)) { // fault: threads-at-work-are-counted
                    isAtWork = alone;
                    round = roundOf(now);
                    return alone;
                }
            }
        }

        private void leave() {
            if (isAtWork) {
                isAtWork = false;
                owner.leave(round);
            }
        }

        @Override
        void waitBegins() {
            if (waits++ == 0) {
                leave();
            }
        }

        @Override
        void waitEnds() {
            if (--waits == 0) {
                isAtWork = true;
                round = roundOf(owner.word.incrementAndGet());
            }
        }
    }
}
