package io.github.errgroup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the tasks that run at once over all the groups that share it, besides each group's own limit. Waiters are
 * served in order of arrival across groups. A task that waits in {@code await} or {@code go} of a group holds no slot
 * of it: it gives the slot back, and queues for one again, ahead of new tasks, before it goes on. Tasks that started
 * while there was no limit are not counted once there is one.
 *
 * <p>Thread-safe. Never blocks.
 */
public final class SharedLimit {
    private static final AtomicLong ORDER = new AtomicLong();

    /** In which order threads that need slots of several limits take them. */
    final long order = ORDER.getAndIncrement();

    private final ReentrantLock lock = new ReentrantLock();

    /** Written under {@link #lock}; read by anyone. */
    private volatile int limit;

    /** Guarded by {@link #lock}. */
    private int held;

    /** Tasks that gave their slot back and want to go on. Guarded by {@link #lock}. */
    private final ArrayDeque<Returning> returning = new ArrayDeque<>();

    /** Tasks that have not started. Changed under {@link #lock}, read by anyone. */
    private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();

    /** Tasks that have their slot and are launched by who is in {@link #launching}. Guarded by {@link #lock}. */
    private final ArrayDeque<TaskRun<?>> toLaunch = new ArrayDeque<>(0);

    /** Threads inside {@link #launchInTurn}. Guarded by {@link #lock}. */
    private final List<Thread> launching = new ArrayList<>(1);

    /** What a task has of a shared limit; null where it needs none, or not yet. */
    enum Slot {
        HELD,
        /** Given back while it waits, to be taken again before it goes on. */
        GIVEN_BACK
    }

    /** @param caller the thread blocked in {@code go}, which launches the task; null if whoever grants the slot does */
    private record Entry(TaskRun<?> task, @Nullable Thread caller) {}

    private record Returning(TaskRun<?> task, Thread thread) {}

    /**
     * A limit to be shared.
     *
     * @param limit how many tasks may run at once over all groups; negative for no limit, 0 lets nothing start
     */
    public SharedLimit(int limit) {
        this.limit = Math.max(limit, ErrGroupOptions.NO_LIMIT);
    }

    /**
     * The limit now.
     *
     * @return how many tasks may run at once; -1 for no limit
     */
    public int limit() {
        return limit;
    }

    /**
     * Changes the limit while tasks run: raised, it starts those that wait; lowered, it lets running tasks finish.
     *
     * @param limit how many tasks may run at once; negative for no limit, 0 lets nothing start
     */
    public void setLimit(int limit) {
        List<TaskRun<?>> granted;
        lock.lock();
        try {
            this.limit = Math.max(limit, ErrGroupOptions.NO_LIMIT);
            granted = grant();
        } finally {
            lock.unlock();
        }
        launch(granted);
    }

    /** Takes a slot for a task if that needs no waiting. */
    boolean tryTake(TaskRun<?> task) {
        if (limit < 0) {
            return true;
        }
        lock.lock();
        try {
            if (!hasRoom() || !returning.isEmpty() || !queue.isEmpty()) {
                return false;
            }
            hold(task);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a slot for a task, or queues it for one. True if it has one now. */
    boolean acquire(TaskRun<?> task, @Nullable Thread caller) {
        if (tryTake(task)) {
            return true;
        }
        lock.lock();
        try {
            if (hasRoom() && returning.isEmpty() && queue.isEmpty()) { // fault: queuing-task-looks-for-a-slot
                hold(task);
                return true;
            }
            queue.add(new Entry(task, caller));
            return false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A task has ended: frees its slot if it has one.
     *
     * @return the tasks that have one now; the caller {@linkplain #launchInTurn launches} them once the end of its own is
     *     known
     */
    List<TaskRun<?>> release(TaskRun<?> task) {
        return free(task, null);
    }

    /**
     * This thread is about to wait: what its tasks' ends leave to a call of {@link #launchInTurn} that is below the wait on
     * the stack would wait as long. Returns whether there is such a call, and {@link #goOnLaunching} is due after the wait.
     */
    boolean stopLaunching() {
        lock.lock();
        try {
            return launching.remove(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /** The wait is over. */
    void goOnLaunching() {
        lock.lock();
        try {
            launching.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /** A task waits, and its thread {@linkplain #stopLaunching launches}: frees its slot. Returns whether it had one. */
    boolean giveBack(TaskRun<?> task) {
        boolean held = task.extras().sharedSlot == Slot.HELD; // only the thread that runs the task could change that
        launchAll(free(task, Slot.GIVEN_BACK));
        return held;
    }

    private List<TaskRun<?>> free(TaskRun<?> task, @Nullable Slot instead) {
        if (task.extras().sharedSlot != Slot.HELD) {
            return List.of(); // only the thread that runs or ends the task could change that
        }
        lock.lock();
        try {
            if (task.extras().sharedSlot != Slot.HELD) {
                return List.of();
            }
            task.extras().sharedSlot = instead;
            held--;
            return grant(); // fault: given-back-slot-is-granted
        } finally {
            lock.unlock();
        }
    }

    /**
     * Launches tasks at the end of another. A caller-runs executor runs them inside the launch, and their ends come here
     * again: that inner call leaves the work to the outer one, so that a long chain of tasks does not grow the stack.
     */
    void launchInTurn(List<TaskRun<?>> granted) {
        if (!granted.isEmpty()) {
            launchAll(granted);
        }
    }

    private void launchAll(List<TaskRun<?>> granted) {
        Thread self = Thread.currentThread();
        lock.lock();
        try {
            toLaunch.addAll(granted);
            if (launching.contains(self)) {
                return;
            }
            launching.add(self);
        } finally {
            lock.unlock();
        }
        boolean done = false;
        try {
            for (TaskRun<?> task = nextToLaunch(self); task != null; task = nextToLaunch(self)) {
                task.engine.launchGranted(task);
            }
            done = true;
        } finally {
            if (!done) {
                stopLaunching(); // else what comes next in this thread would leave its tasks to nobody
            }
        }
    }

    private @Nullable TaskRun<?> nextToLaunch(Thread self) {
        lock.lock();
        try {
            TaskRun<?> task = toLaunch.poll();
            if (task == null) {
                launching.remove(self);
            }
            return task;
        } finally {
            lock.unlock();
        }
    }

    /** A task that waited goes on: blocks until it has a slot again, or its group is cancelled. */
    void takeAgain(TaskRun<?> task, Wait wait) {
        if (task.extras().sharedSlot != Slot.GIVEN_BACK) {
            return;
        }
        Returning entry = new Returning(task, Thread.currentThread());
        lock.lock();
        try {
            if (hasRoom() && returning.isEmpty()) { // fault: returning-task-looks-for-a-slot
                hold(task);
                return;
            }
            returning.add(entry);
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (task.extras().sharedSlot != Slot.HELD && !task.engine.isCancelled()) {
            wait.park();
            interrupted |= Thread.interrupted();
        }
        lock.lock();
        try {
            returning.remove(entry);
            if (task.extras().sharedSlot != Slot.HELD) {
                task.extras().sharedSlot = null;
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A further task of a thread that has taken a slot again goes on with it. */
    void takeAgainAnyway(TaskRun<?> task) {
        lock.lock();
        try {
            hold(task);
        } finally {
            lock.unlock();
        }
    }

    /** A group was cancelled: skips its tasks that wait to start, and wakes those that wait to go on. */
    void cancelled(GroupEngine engine, Consumer<TaskRun<?>> skip) {
        List<Entry> forgotten = new ArrayList<>();
        lock.lock();
        try {
            queue.removeIf(entry -> entry.task.engine == engine && forgotten.add(entry));
            for (Returning entry : returning) {
                if (entry.task.engine == engine) {
                    LockSupport.unpark(entry.thread);
                }
            }
        } finally {
            lock.unlock();
        }
        for (Entry entry : forgotten) {
            skip.accept(entry.task);
            if (entry.caller != null) {
                LockSupport.unpark(entry.caller); // it looks whether its task is still pending
            }
        }
    }

    /** A task is taken back, or ended, that may still wait here: from now on it is granted no slot. */
    void forget(TaskRun<?> task) {
        lock.lock();
        try {
            queue.removeIf(entry -> entry.task == task);
        } finally {
            lock.unlock();
        }
    }

    /** Visits the tasks of a group that wait here. */
    void forEachQueued(GroupEngine engine, Consumer<TaskRun<?>> visitor) {
        for (Entry entry : queue) {
            if (entry.task.engine == engine) {
                visitor.accept(entry.task);
            }
        }
    }

    private boolean hasRoom() {
        return limit < 0 || held < limit;
    }

    private void hold(TaskRun<?> task) {
        task.extras().sharedSlot = Slot.HELD;
        held++;
    }

    /** Gives free slots to who waits, in order. Returns what the caller is to launch when it has left the lock. */
    private List<TaskRun<?>> grant() {
        List<TaskRun<?>> granted = List.of();
        while (hasRoom()) {
            Returning first = returning.poll();
            if (first != null) {
                hold(first.task);
                LockSupport.unpark(first.thread);
                continue;
            }
            Entry entry = queue.poll();
            if (entry == null) {
                break;
            }
            if (!entry.task.isPending()) {
                continue;
            }
            hold(entry.task);
            if (entry.caller != null) {
                LockSupport.unpark(entry.caller);
            } else {
                if (granted.isEmpty()) {
                    granted = new ArrayList<>();
                }
                granted.add(entry.task);
            }
        }
        return granted;
    }

    private static void launch(List<TaskRun<?>> granted) {
        for (TaskRun<?> task : granted) {
            task.engine.launchGranted(task);
        }
    }
}
