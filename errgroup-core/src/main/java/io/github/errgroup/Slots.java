package io.github.errgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a slot of a full group: callers from outside, blocked in {@code go} (G3), and tasks submitted from inside
 * the group, which are queued (N1). Made when a group is first full. Free slots are not counted here: how many tasks are
 * outstanding stands in the group's word, and a slot is free while {@code outstanding - backlog < limit}.
 *
 * <ol>
 *   <li>A backlogged task is counted as outstanding, so callers from outside come after it. The task of a blocked caller is
 *       not: it is admitted when it is given its slot.
 *   <li>No lost wake-up: a thread that queues writes the queue, then reads the word; a thread that frees a slot or raises
 *       the limit writes the word or the limit, then reads the queues.
 *   <li>{@link #next} alone gives slots to what waits here, under the lock of the {@link Trampoline}, so two threads never
 *       start two tasks into one slot.
 *   <li>A caller that is given a slot launches its task itself, in its own thread. On workers the thread that gave it the
 *       slot has started the task: mostly that is the worker that freed the slot, which then takes the task, so that the
 *       slot is not empty while the caller wakes. This is not done if the task needs a shared slot too and would have to
 *       wait for it: then the caller waits.
 *   <li>A caller leaves the queue under the lock: because it is given a slot, or by itself because the group is over or it has
 *       waited for as long as it may. So it has the slot, or nobody gives it one.
 *   <li>Before it queues, a caller looks again for a moment ({@link ShortWait}), unless others are queued, or the workers are
 *       platform threads: none of those wakes within that moment.
 * </ol>
 */
final class Slots implements Trampoline.Source<Slots.Waiting> {
    /** Starts what is given a slot. */
    interface Starter {
        /** Whether the context is cancelled: then backlogged tasks are skipped. */
        @Nullable
        Cancellation cancellation();

        Launcher launcher();

        /** Starts a task out of the backlog. Never blocks. */
        void startFromBacklog(TaskRun<?> task);

        /** Starts the task of a blocked caller, if that needs no waiting. Returns false if the caller has to start it. */
        boolean startForCaller(TaskRun<?> task);
    }

    private final GroupState group;

    private final Starter starter;

    private final Object lock = new Object();

    private final Trampoline<Waiting> trampoline = new Trampoline<>(lock, this);

    /** The oldest backlogged task and the newest, linked by {@link Waiting#next}. Guarded by {@link #lock}. */
    private @Nullable Waiting oldest;

    private @Nullable Waiting newest;

    /** The length of the backlog. Written under {@link #lock}, read by threads that free a slot. */
    private volatile int backlogSize;

    /** Taken out under {@link #lock}; added to and read by anyone. */
    private final Queue<Waiting> callers = new ConcurrentLinkedQueue<>();

    /** A task that waits, and the thread that is blocked in {@code go} for it; equal to itself alone. */
    final class Waiting {
        private final TaskRun<?> task;

        /** Null for a backlogged task. */
        private final @Nullable Thread caller;

        /** How long the caller may wait; null for as long as it takes. */
        private final @Nullable LimitWait limitWait;

        /** What the caller is told; FULL while it waits. Written by the thread that took it out of the queue. */
        private volatile long admitted = GroupState.FULL;

        /** Of the backlog: the next younger one. Guarded by {@link #lock}. */
        private @Nullable Waiting next;

        /** The thread that took it out of the queue, and is about to tell what was decided. Written under {@link #lock}. */
        private volatile @Nullable Thread granter;

        private Waiting(TaskRun<?> task, @Nullable Thread caller, @Nullable LimitWait limitWait) {
            this.task = task;
            this.caller = caller;
            this.limitWait = limitWait;
        }

        /** Whether the caller need not wait any more: it is given a slot, or has left the queue without. */
        boolean isDecided() {
            if (admitted == GroupState.FULL) {
                long why = whyToLeave(); // fault: caller-looks-whether-to-leave
                if (why != GroupState.FULL) {
                    leave(why); // fault: caller-leaves-the-queue
                }
            }
            // Last, since the lock may have used up the wake-up that came with a slot.
            return admitted != GroupState.FULL;
        }

        /** REFUSED if the group is over, TOO_LATE if the caller has waited for as long as it may, else FULL. */
        private long whyToLeave() {
            if (group.isOver()) {
                return GroupState.REFUSED;
            }
            return limitWait != null && limitWait.isOver() ? GroupState.TOO_LATE : GroupState.FULL;
        }

        /**
         * What was decided.
         *
         * @return the task's index; {@link GroupState#STARTED} if it has it already, and a thread; {@link GroupState#REFUSED}
         *     if the group is over; {@link GroupState#TOO_LATE} if the caller has waited for as long as it may
         */
        long admitted() {
            return admitted;
        }

        /** Leaves the queue without a slot, and tells why. Returns false if somebody else took it out. */
        private boolean leave(long why) {
            synchronized (lock) {
                if (!callers.remove(this)) {
                    return false;
                }
            }
            admitted = why;
            return true;
        }

        /** The caller does not wait any more, because something was thrown: from now on nobody gives it a slot. */
        void giveUp() {
            if (!leave(GroupState.REFUSED)) {
                // Another thread took it out of the queue, and is about to tell; this one would not any more.
                while (admitted == GroupState.FULL && granter != caller) {
                    Thread.yield();
                }
            }
        }
    }

    Slots(GroupState group, Starter starter) {
        this.group = group;
        this.starter = starter;
    }

    /** What starts tasks here. */
    Trampoline<?> trampoline() {
        return trampoline;
    }

    /** Queues a task submitted from inside, already counted as outstanding. */
    void addToBacklog(TaskRun<?> task) {
        Waiting waiting = new Waiting(task, null, null);
        synchronized (lock) {
            // No call: an overflow of the stack would leave the list and its length apart.
            Waiting before = newest;
            if (before == null) {
                oldest = waiting;
            } else {
                before.next = waiting;
            }
            newest = waiting;
            backlogSize = backlogSize + 1;
        }
    }

    /** Queues the current thread, which then calls {@link #run}. */
    Waiting addCaller(TaskRun<?> task, @Nullable LimitWait limitWait) {
        Waiting waiting = new Waiting(task, Thread.currentThread(), limitWait);
        callers.add(waiting);
        return waiting;
    }

    /** Admits the task of a caller if a slot is soon free; not if others are queued. Returns its index, FULL or REFUSED. */
    long admitSoon() {
        for (int looks = starter.launcher().isSlowToWake() ? 0 : ShortWait.looks();
                looks > 0 && callers.isEmpty();
                looks--) {
            ShortWait.pause();
            long admitted = group.tryAdmit();
            if (admitted != GroupState.FULL) {
                return admitted;
            }
        }
        return GroupState.FULL;
    }

    /** A slot was freed, the limit changed, the workers' queue was emptied, or the group was cancelled. */
    void changed() {
        if (isTaskWaiting()) {
            run();
        }
    }

    /** Gives free slots to what waits for one; if the group is cancelled, skips backlogged tasks. */
    void run() {
        trampoline.run();
    }

    /** Takes what a free slot goes to. */
    @Override
    public @Nullable Waiting next() {
        int limit = group.limit();
        boolean room = limit < 0 || group.outstanding() - backlogSize < limit || starter.cancellation() != null;
        if (!room) {
            return null;
        }
        Waiting first = oldest;
        if (first != null) {
            oldest = first.next;
            if (first.next == null) {
                newest = null;
            }
            backlogSize = backlogSize - 1;
            return first;
        }
        if (callers.isEmpty() || !starter.launcher().isDrained()) {
            return null;
        }
        Thread granter = Thread.currentThread();
        Waiting caller = callers.peek(); // taken out under the lock alone, so it is there until the next step
        if (caller == null) {
            return null;
        }
        long index = group.admitForCaller();
        if (index < 0) {
            return null;
        }
        caller.task.place = index << TaskRun.INDEX_SHIFT;
        caller.granter = granter;
        callers.poll();
        return caller;
    }

    @Override
    public void start(Waiting waiting) {
        if (waiting.caller == null) {
            starter.startFromBacklog(waiting.task);
            return;
        }
        long told = waiting.task.index(); // then the caller launches it
        try {
            if (starter.startForCaller(waiting.task)) {
                told = GroupState.STARTED;
            }
        } finally {
            waiting.admitted = told;
            LockSupport.unpark(waiting.caller);
        }
    }

    /**
     * Whether a slot that is freed now is given away. Blocked callers get none while tasks are queued for workers: the worker
     * that empties the queue gives them what is free by then, so that a caller is woken once for several slots.
     */
    boolean isTaskWaiting() {
        return backlogSize > 0 || (!callers.isEmpty() && starter.launcher().isDrained());
    }

    int backlogSize() {
        return backlogSize;
    }

    int blockedCallers() {
        return callers.size();
    }

    /** Visits the backlogged tasks. */
    void forEachBacklogged(Consumer<TaskRun<?>> visitor) {
        List<TaskRun<?>> tasks = new ArrayList<>();
        synchronized (lock) {
            for (Waiting waiting = oldest; waiting != null; waiting = waiting.next) {
                tasks.add(waiting.task);
            }
        }
        tasks.forEach(visitor);
    }

    /** A task is taken back that may be in the backlog. */
    void forget(TaskRun<?> task) {
        synchronized (lock) {
            Waiting before = null;
            for (Waiting waiting = oldest; waiting != null; before = waiting, waiting = waiting.next) {
                if (waiting.task == task) {
                    if (before == null) {
                        oldest = waiting.next;
                    } else {
                        before.next = waiting.next;
                    }
                    if (waiting.next == null) {
                        newest = before;
                    }
                    backlogSize = backlogSize - 1;
                    return;
                }
            }
        }
    }

    /** The group is over: each caller is to see it. */
    void wakeAllCallers() {
        for (Waiting caller : callers) {
            LockSupport.unpark(caller.caller);
        }
    }
}
