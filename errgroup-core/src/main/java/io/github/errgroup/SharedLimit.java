package io.github.errgroup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the tasks that run at once over all the groups that share it, besides each group's own limit. Waiters are
 * served in order of arrival across groups. A task that waits in {@code await} or {@code go} of a group holds no slot
 * of it: it gives the slot back, and queues for one again, ahead of new tasks, before it goes on. Tasks that started
 * while there was no limit are not counted once there is one.
 *
 * <p>Thread-safe. No method waits for a slot. But {@link #setLimit} may launch tasks that waited, and an executor may run a
 * task in the thread that launches it: then {@code setLimit} returns when that task has ended.
 */
public final class SharedLimit {
    private static final int NO_LIMIT = -1;

    private static final AtomicLong ORDER = new AtomicLong();

    /** In which order threads that need slots of several limits take them. */
    final long order = ORDER.getAndIncrement();

    private final Object lock = new Object();

    /** Written under {@link #lock}; read by anyone. */
    private volatile int limit;

    /** Guarded by {@link #lock}. */
    private int held;

    /** Tasks that gave their slot back and want to go on. Guarded by {@link #lock}. */
    private final ArrayDeque<Returning> returning = new ArrayDeque<>();

    /** Tasks that have not started. Changed under {@link #lock}, read by anyone. */
    private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();

    /** Told when a task has to wait. Written once, before the limit is shared or soon after. */
    private volatile @Nullable Runnable whenQueued;

    /** Tasks that have their slot and are to be launched. Guarded by {@link #lock}. */
    private final ArrayDeque<TaskRun<?>> granted = new ArrayDeque<>(0);

    private final Trampoline<TaskRun<?>> trampoline = new Trampoline<>(lock, new Trampoline.Source<>() {
        @Override
        public @Nullable TaskRun<?> next() {
            return granted.poll();
        }

        @Override
        public void start(TaskRun<?> task) {
            task.group.launchGranted(task);
        }
    });

    /** @param caller the thread blocked in {@code go}, which launches the task; null if the thread that grants the slot does */
    private record Entry(TaskRun<?> task, @Nullable Thread caller) {}

    private record Returning(TaskRun<?> task, Thread thread) {}

    /**
     * A limit to be shared.
     *
     * @param limit how many tasks may run at once over all groups; negative for no limit, 0 lets nothing start
     */
    public SharedLimit(int limit) {
        this.limit = Math.max(limit, NO_LIMIT);
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
     * Changes the limit while tasks run: raising it starts tasks that wait; lowering it lets running tasks finish.
     *
     * @param limit how many tasks may run at once; negative for no limit, 0 lets nothing start
     */
    public void setLimit(int limit) {
        synchronized (lock) {
            this.limit = Math.max(limit, NO_LIMIT);
            grant();
        }
        trampoline.run();
    }

    /** As {@link #setLimit}, but tasks are launched by another thread, since to launch one may run it. */
    void setLimit(int limit, Consumer<Runnable> launcher) {
        boolean launching;
        synchronized (lock) {
            this.limit = Math.max(limit, NO_LIMIT);
            launching = grant();
        }
        if (launching) {
            launcher.accept(trampoline::run);
        }
    }

    /** Tells, from now on, each time a task has to wait. It is run by the thread that queues the task, and must not block. */
    void whenQueued(Runnable whenQueued) {
        this.whenQueued = whenQueued;
    }

    private void tellQueued() {
        Runnable told = whenQueued;
        if (told != null) {
            told.run();
        }
    }

    /** How many tasks have a slot now. */
    int held() {
        synchronized (lock) {
            return held;
        }
    }

    /** How many tasks wait for a slot now, to start or to go on; counts no further than asked for. */
    int waiting(int atMost) {
        int waiting;
        synchronized (lock) {
            waiting = returning.size();
        }
        for (Entry entry : queue) {
            if (waiting >= atMost) {
                break;
            }
            waiting += entry.task.isPending() ? 1 : 0;
        }
        return waiting;
    }

    /** Takes a slot for a task if that needs no waiting. */
    boolean tryTake(TaskRun<?> task) {
        if (limit < 0) {
            return true;
        }
        synchronized (lock) {
            if (!hasRoom() || !returning.isEmpty() || !queue.isEmpty()) {
                return false;
            }
            hold(task);
            return true;
        }
    }

    /** Whether a caller that queued a task need not wait any more: the task has a slot, or its group skips it. */
    static boolean isDecided(TaskRun<?> task) {
        return !task.isPending() || task.extras().sharedSlot == TaskExtras.SharedSlot.HELD;
    }

    /** Takes a slot for a task, or queues it for one. True if it has one now. */
    boolean acquire(TaskRun<?> task, @Nullable Thread caller) {
        if (tryTake(task)) {
            return true;
        }
        synchronized (lock) {
            if (hasRoom() && returning.isEmpty() && queue.isEmpty()) { // fault: queuing-task-looks-for-a-slot
                hold(task);
                return true;
            }
            queue.add(new Entry(task, caller));
        }
        tellQueued();
        return false;
    }

    /**
     * A task has ended: frees its slot if it has one.
     *
     * @return whether another task has it now; the caller {@linkplain #launchGranted launches} it once the end of its own is
     *     known
     */
    boolean release(TaskRun<?> task) {
        return free(task, null);
    }

    /** Launches the tasks that have been given a slot, unless this thread does so further down its stack. */
    void launchGranted() {
        trampoline.run();
    }

    /** What launches tasks here. */
    Trampoline<?> trampoline() {
        return trampoline;
    }

    /** A task waits: frees its slot. Returns whether it had one. */
    boolean giveBack(TaskRun<?> task) {
        boolean held = task.extras().sharedSlot == TaskExtras.SharedSlot.HELD; // changed by the task's own thread alone
        if (free(task, TaskExtras.SharedSlot.GIVEN_BACK)) {
            launchGranted();
        }
        return held;
    }

    private boolean free(TaskRun<?> task, TaskExtras.@Nullable SharedSlot instead) {
        if (task.extras().sharedSlot != TaskExtras.SharedSlot.HELD) {
            return false; // only the thread that runs or ends the task could change that
        }
        synchronized (lock) {
            if (task.extras().sharedSlot != TaskExtras.SharedSlot.HELD) {
                return false;
            }
            task.extras().sharedSlot = instead;
            held--;
            return grant(); // fault: given-back-slot-is-granted
        }
    }

    /** A task that waited is about to go on: takes a slot again, or queues for one. Returns whether it need not wait. */
    boolean takeAgain(TaskRun<?> task) {
        if (task.extras().sharedSlot != TaskExtras.SharedSlot.GIVEN_BACK) {
            return true;
        }
        Returning entry = new Returning(task, Thread.currentThread());
        synchronized (lock) {
            if (hasRoom() && returning.isEmpty()) { // fault: returning-task-looks-for-a-slot
                hold(task);
                return true;
            }
            returning.add(entry);
        }
        tellQueued();
        return false;
    }

    /** Whether a task that queues for a slot again need not wait any more: it has one, or its group is cancelled. */
    static boolean mayGoOn(TaskRun<?> task) {
        return task.extras().sharedSlot == TaskExtras.SharedSlot.HELD || task.group.cancellation() != null;
    }

    /** A task that queued for a slot again goes on, with it or without. */
    void goesOn(TaskRun<?> task) {
        synchronized (lock) {
            returning.removeIf(entry -> entry.task == task);
            if (task.extras().sharedSlot != TaskExtras.SharedSlot.HELD) {
                task.extras().sharedSlot = null;
            }
        }
    }

    /** A further task of a thread that has taken a slot again goes on with it. */
    void takeAgainAnyway(TaskRun<?> task) {
        synchronized (lock) {
            hold(task);
        }
    }

    /** A group was cancelled: skips its tasks that wait to start, and wakes those that wait to go on. */
    void cancelled(TaskGroup group, Consumer<TaskRun<?>> skip) {
        List<Entry> forgotten = new ArrayList<>();
        synchronized (lock) {
            queue.removeIf(entry -> entry.task.group == group && forgotten.add(entry));
            for (Returning entry : returning) {
                if (entry.task.group == group) {
                    LockSupport.unpark(entry.thread);
                }
            }
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
        synchronized (lock) {
            queue.removeIf(entry -> entry.task == task);
        }
    }

    /**
     * A caller has waited for as long as it may: its task leaves the queue, and is granted no slot.
     *
     * @return false if it was just granted one, or its group skips it
     */
    boolean giveUp(TaskRun<?> task) {
        synchronized (lock) {
            return queue.removeIf(entry -> entry.task == task); // fault: shared-caller-runs-out-of-patience
        }
    }

    /** Visits the tasks of a group that wait here. */
    void forEachQueued(TaskGroup group, Consumer<TaskRun<?>> visitor) {
        for (Entry entry : queue) {
            if (entry.task.group == group) {
                visitor.accept(entry.task);
            }
        }
    }

    private boolean hasRoom() {
        return limit < 0 || held < limit;
    }

    private void hold(TaskRun<?> task) {
        task.extras().sharedSlot = TaskExtras.SharedSlot.HELD;
        held++;
    }

    /** Gives free slots to what waits, in order. Returns whether there are tasks to launch. */
    private boolean grant() {
        while (hasRoom()) {
            Returning first = returning.poll();
            if (first != null) {
                hold(first.task);
                LockSupport.unpark(first.thread);
                continue;
            }
            Entry entry = queue.peek();
            if (entry == null) {
                break;
            }
            if (entry.task.isPending()) {
                if (entry.caller == null) {
                    granted.add(entry.task); // first: what is thrown here leaves the entry where it is
                }
                hold(entry.task);
                LockSupport.unpark(entry.caller);
            }
            queue.poll();
        }
        return !granted.isEmpty();
    }
}
