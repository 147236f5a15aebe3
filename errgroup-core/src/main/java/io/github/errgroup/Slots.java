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
 * Who waits for a slot of a full group: callers from outside, blocked in {@code go} (G3), and tasks submitted from inside
 * the group, which are queued (N1). Made when a group is first full. Free slots are not counted here: how many tasks are
 * outstanding stands in the engine's word, and a slot is free while {@code outstanding - backlog < limit}.
 *
 * <ol>
 *   <li>A backlogged task is counted as outstanding, so callers from outside come after it.
 *   <li>No lost wake-up: who queues writes the queue, then reads the word; who frees a slot or raises the limit writes the
 *       word or the limit, then reads the queues.
 *   <li>{@link #pump} alone starts backlogged tasks, and decides under the lock, so two threads never start two tasks into
 *       one slot. It launches outside the lock. On a caller-runs executor a launch runs the task, whose end pumps again:
 *       that inner call leaves the work to the outer one, so that a long chain of tasks does not grow the stack.
 *   <li>Only the first blocked caller may enter; it wakes the next when it leaves the queue. Before it queues, a caller
 *       looks again for a moment ({@link ShortWait}), unless others are queued.
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

    private final Queue<Caller> callers = new ConcurrentLinkedQueue<>();

    /** A thread blocked in {@code go}; equal to itself alone. */
    private static final class Caller {
        private final Thread thread = Thread.currentThread();
    }

    Slots(GroupEngine engine) {
        this.engine = engine;
    }

    /** Queues a task submitted from inside, already counted as outstanding. */
    void enqueue(TaskRun<?> task) {
        lock.lock();
        try {
            backlog.add(task);
            backlogSize++;
        } finally {
            lock.unlock();
        }
        pump();
    }

    /** A slot was freed, the limit changed, or the group was cancelled. */
    void changed() {
        if (backlogSize > 0) {
            pump();
        }
        if (engine.isQueueDrained()) {
            wakeFirstCaller();
        }
    }

    /** A caller that could not be told of a free slot while tasks were queued for workers is told now. */
    void queueDrained() {
        Caller first = callers.peek();
        if (first != null && (engine.limit() < 0 || engine.outstanding() < engine.limit())) {
            LockSupport.unpark(first.thread);
        }
    }

    /** Starts backlogged tasks into free slots; if the group is cancelled, skips them. */
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
            for (TaskRun<?> task = nextStartable(self); task != null; task = nextStartable(self)) {
                engine.startFromBacklog(task);
            }
        } catch (Throwable e) {
            leave(self);
            throw e;
        }
    }

    /** The next task that may start; or null, and this thread pumps no more. */
    private @Nullable TaskRun<?> nextStartable(Thread self) {
        lock.lock();
        try {
            int limit = engine.limit();
            boolean room = limit < 0 || engine.outstanding() - backlogSize < limit || engine.isCancelled();
            TaskRun<?> task = room ? backlog.poll() : null;
            if (task == null) {
                pumping.remove(self);
            } else {
                backlogSize--;
            }
            return task;
        } finally {
            lock.unlock();
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

    boolean hasBacklog() {
        return backlogSize > 0;
    }

    /** Visits what waits here. */
    void forEachBacklogged(Consumer<TaskRun<?>> visitor) {
        backlog.forEach(visitor);
    }

    /**
     * Blocks the caller until it is admitted.
     *
     * @return the task's index; {@link GroupEngine#REFUSED} if the group was cancelled meanwhile, by an
     *     interrupt of this thread too
     */
    long awaitRoom() {
        Wait.guard(engine);
        boolean listening = engine.isTimed();
        long start = listening ? engine.options().clock().nanoTime() : 0;
        long admitted;
        try (Wait wait = Wait.begin(engine)) {
            admitted = admitSoon();
            if (admitted == GroupEngine.FULL) {
                admitted = admitInTurn(wait);
            }
        }
        if (listening) {
            engine.tellLimitWait(engine.nanosSince(start));
        }
        return admitted;
    }

    /** Looks again for a moment, unless others are queued. */
    private long admitSoon() {
        for (int looks = ShortWait.looks(); looks > 0 && callers.isEmpty(); looks--) {
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

    private long admitInTurn(@Nullable Wait wait) {
        Caller self = new Caller();
        callers.add(self);
        try {
            for (; ; ) {
                if (callers.peek() == self) {
                    long admitted = engine.tryAdmit();
                    if (admitted != GroupEngine.FULL) {
                        return admitted;
                    }
                } else if (engine.isCancelled()) {
                    return GroupEngine.REFUSED;
                }
                if (Thread.interrupted()) {
                    engine.cancelByInterrupt();
                    Thread.currentThread().interrupt();
                    return GroupEngine.REFUSED;
                }
                park(wait);
            }
        } finally {
            callers.remove(self);
            wakeFirstCaller();
        }
    }

    private void park(@Nullable Wait wait) {
        if (wait == null) {
            LockSupport.park(engine);
        } else {
            wait.park();
        }
    }

    private void wakeFirstCaller() {
        Caller first = callers.peek();
        if (first != null) {
            LockSupport.unpark(first.thread);
        }
    }

    /** The group is over: each caller is to see it. */
    void wakeAllCallers() {
        for (Caller caller : callers) {
            LockSupport.unpark(caller.thread);
        }
    }
}
