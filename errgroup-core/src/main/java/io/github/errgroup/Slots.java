package io.github.errgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a slot of a full group: callers from outside, blocked in {@code go} (G3), and tasks submitted from inside
 * the group, which are queued (N1). Made when a group is first full. Free slots are not counted here: how many tasks are
 * outstanding stands in the engine's word, and a slot is free while {@code outstanding - backlog < limit}.
 *
 * <ol>
 *   <li>A backlogged task is counted as outstanding, so callers from outside come after it. The task of a blocked caller is
 *       not: it is admitted when it is given its slot.
 *   <li>No lost wake-up: who queues writes the queue, then reads the word; who frees a slot or raises the limit writes the
 *       word or the limit, then reads the queues.
 *   <li>{@link #pump} alone gives slots to what waits here, and decides under the lock, so two threads never start two tasks
 *       into one slot. It launches outside the lock. On a caller-runs executor a launch runs the task, whose end pumps again:
 *       that inner call leaves the work to the outer one, so that a long chain of tasks does not grow the stack.
 *   <li>A caller that is given a slot launches its task itself, in its own thread. On workers whoever gave it the slot has
 *       started the task, mostly the worker that freed it, which then takes it: the slot is not empty while the caller wakes.
 *       But not where the task needs a shared slot too and would have to wait for it: then the caller waits.
 *   <li>A caller leaves the queue under the lock: because it is given a slot, or by itself because the group is over.
 *   <li>Before it queues, a caller looks again for a moment ({@link ShortWait}), unless others are queued, or the workers are
 *       platform threads: none of those wakes within that moment.
 * </ol>
 */
final class Slots {
    private final GroupEngine engine;

    private final ReentrantLock lock = new ReentrantLock();

    /** Changed under {@link #lock}, read by anyone. */
    private final Queue<TaskRun<?>> backlog = new ConcurrentLinkedQueue<>();

    /** The length of the backlog. Written under {@link #lock}, read by who frees a slot. */
    private volatile int backlogSize;

    /** Threads inside {@link #pump}. Guarded by {@link #lock}. */
    private final List<Thread> pumping = new ArrayList<>(1);

    /** Taken out under {@link #lock}; added to and read by anyone. */
    private final Queue<Caller> callers = new ConcurrentLinkedQueue<>();

    /** A thread blocked in {@code go}, and its task; equal to itself alone. */
    private static final class Caller {
        private final Thread thread = Thread.currentThread();

        private final TaskRun<?> task;

        /** What {@link #awaitRoom} returns; FULL while it waits. Written by who took it out of the queue. */
        private volatile long admitted = GroupEngine.FULL;

        Caller(TaskRun<?> task) {
            this.task = task;
        }

        void goOn(long index) {
            admitted = index;
            LockSupport.unpark(thread);
        }

        /** Whoever took it out of the queue is about to tell. */
        long awaitAdmitted() {
            while (admitted == GroupEngine.FULL) {
                Thread.yield();
            }
            return admitted;
        }
    }

    Slots(GroupEngine engine) {
        this.engine = engine;
    }

    /** Queues a task submitted from inside, already counted as outstanding. */
    void enqueue(TaskRun<?> task) {
        try {
            lock.lock();
            try {
                backlog.add(task);
                backlogSize++;
            } finally {
                lock.unlock();
            }
        } catch (Throwable e) {
            engine.takeBack(task);
            throw e;
        }
        pump(); // fault: backlogged-task-pumps
    }

    /** A slot was freed, the limit changed, the workers' queue was emptied, or the group was cancelled. */
    void changed() {
        if (isTaskWaiting()) {
            pump();
        }
    }

    /** Gives free slots to what waits for one; if the group is cancelled, skips backlogged tasks. */
    private void pump() {
        Thread self = Thread.currentThread();
        lock.lock();
        try {
            if (pumping.contains(self)) {
                return;
            }
            pumping.add(self);
        } finally {
            lock.unlock();
        }
        try {
            boolean more;
            do {
                more = startNext(self);
            } while (more);
        } catch (Throwable e) {
            leave(self);
            throw e;
        }
    }

    /** Gives a free slot to what comes next. Returns false if there is no slot or nothing waits: this thread pumps no more. */
    private boolean startNext(Thread self) {
        TaskRun<?> task;
        Caller caller = null;
        long index = GroupEngine.FULL;
        lock.lock(); // fault: grant-is-locked
        try {
            int limit = engine.limit(); // fault: grant-reads-the-limit
            // fault: grant-sees-room
            boolean room = limit < 0 || engine.outstanding() - backlogSize < limit || engine.isCancelled();
            task = room ? backlog.poll() : null;
            if (task != null) {
                backlogSize--;
            } else if (room && !callers.isEmpty() && engine.isQueueDrained()) {
                index = engine.admitForCaller();
                caller = index >= 0 ? callers.poll() : null;
            }
            if (task == null && caller == null) {
                pumping.remove(self);
                return false;
            }
        } finally {
            lock.unlock();
        }
        if (task != null) {
            engine.startFromBacklog(task);
        } else if (caller != null) {
            startForCaller(caller, index);
        }
        return true;
    }

    private void startForCaller(Caller caller, long index) {
        caller.task.index(index);
        long told = index; // then the caller launches it
        try {
            if (engine.startOnWorkers(caller.task)) {
                told = GroupEngine.STARTED;
            }
        } finally {
            caller.goOn(told);
        }
    }

    private void leave(Thread self) {
        lock.lock();
        try {
            pumping.remove(self);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a slot that is freed now is given away. Blocked callers get none while tasks are queued for workers: the worker
     * that empties the queue gives them what is free by then, so that a caller is woken once for several slots.
     */
    boolean isTaskWaiting() {
        return backlogSize > 0 || (!callers.isEmpty() && engine.isQueueDrained());
    }

    int backlogSize() {
        return backlogSize;
    }

    /** Visits what waits here. */
    void forEachBacklogged(Consumer<TaskRun<?>> visitor) {
        backlog.forEach(visitor);
    }

    /**
     * Blocks the caller until its task is admitted.
     *
     * @return the task's index; {@link GroupEngine#STARTED} if it has it already, and a thread; {@link GroupEngine#REFUSED} if
     *     the group was cancelled meanwhile, by an interrupt of this thread too
     */
    long awaitRoom(TaskRun<?> task) {
        Wait.guard(engine);
        boolean listening = engine.isTimed();
        long start = listening ? engine.options().clock().nanoTime() : 0;
        long admitted = GroupEngine.FULL;
        try {
            try (Wait wait = Wait.begin(engine)) {
                admitted = admitSoon();
                if (admitted == GroupEngine.FULL) {
                    admitted = admitInTurn(task, wait);
                }
            }
            if (listening) {
                engine.tellLimitWait(engine.nanosSince(start));
            }
            return admitted;
        } catch (Throwable e) {
            if (admitted >= 0) {
                engine.withdraw();
            }
            throw e;
        }
    }

    /** Looks again for a moment, unless others are queued. */
    private long admitSoon() {
        for (int looks = engine.isOnPlatformWorkers() ? 0 : ShortWait.looks();
                looks > 0 && callers.isEmpty();
                looks--) {
            ShortWait.pause();
            long admitted = engine.tryAdmit();
            if (admitted != GroupEngine.FULL) {
                return admitted;
            }
        }
        return GroupEngine.FULL;
    }

    int blockedCallers() {
        return callers.size();
    }

    private long admitInTurn(TaskRun<?> task, @Nullable Wait wait) {
        Caller self = new Caller(task);
        callers.add(self); // fault: caller-queues
        boolean interrupted = false;
        try {
            pump(); // fault: queued-caller-pumps
            while (self.admitted == GroupEngine.FULL) {
                if (engine.isOver() && withdraw(self)) { // fault: caller-leaves-the-queue
                    engine.refuseIfFinished(); // fault: withdrawn-caller-is-refused
                } else if (Thread.interrupted()) {
                    interrupted = true;
                    engine.cancelByInterrupt();
                } else {
                    park(wait);
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        } catch (Throwable e) {
            if (!withdraw(self) && self.awaitAdmitted() >= 0) {
                engine.withdraw();
            }
            throw e;
        }
        return self.admitted;
    }

    /** Takes a caller out of the queue, refused. Returns false if somebody else took it out. */
    private boolean withdraw(Caller caller) {
        lock.lock();
        try {
            if (!callers.remove(caller)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        caller.admitted = GroupEngine.REFUSED;
        return true;
    }

    private void park(@Nullable Wait wait) {
        if (wait == null) {
            LockSupport.park(engine);
        } else {
            wait.park();
        }
    }

    /** The group is over: each caller is to see it. */
    void wakeAllCallers() {
        for (Caller caller : callers) {
            LockSupport.unpark(caller.thread);
        }
    }
}
