package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a group's tasks (N10): one timer for all of them. Each task has the same time, so the earliest deadline is
 * that of the task that has run longest; the timer is set for it, looks at the tasks that run when it rings, and is set anew.
 * Short tasks end before, and cost one reading of the clock each.
 *
 * <p>Register, then check, as J2: a task can be seen to run, and then looks whether the timer is set; a thread that finds no
 * task that runs says that the timer is not set, and then looks once more. So while a task runs, the timer is set.
 */
final class TaskDeadlines {
    /** What this knows of the group. */
    interface Group {
        /** The newest row of its live tasks. */
        LiveTasks.Seat[] live();

        /** A task's own deadline is over, unless its body has ended. Interrupts its thread. */
        void timedOut(DeadlineTask<?> task);
    }

    /**
     * Between two looks lies so much time for each task that was looked at. Measured with 10,000 tasks that run at once and time
     * out at 10,000 moments of a second: the timer's thread takes 22 % of a processor, with the interrupts; with 1,000, 6 %.
     */
    private static final long NANOS_BETWEEN_LOOKS = 100;

    static {
        try {
            // A class that is first initialized on a full stack can never be used again (J9).
            MethodHandles.lookup().ensureInitialized(DeadlineTask.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Group group;

    private final GroupClock clock;

    private final Duration timeout;

    private final long timeoutNanos;

    private final ReentrantLock lock = new ReentrantLock();

    /** Whether the timer is set. Written under {@link #lock}, read by tasks that start. */
    private volatile boolean armed;

    /** Guarded by {@link #lock}. */
    private @Nullable Registration timer;

    /** Guarded by {@link #lock}. */
    private boolean ended;

    /** Of one look. Guarded by {@link #lock}. */
    private long now;

    /** Tasks that one look has seen. Guarded by {@link #lock}. */
    private int seen;

    /** The least time that one of them has left; {@link Long#MAX_VALUE} where none has any. Guarded by {@link #lock}. */
    private long least;

    TaskDeadlines(Group group, GroupClock clock, Duration timeout) {
        this.group = group;
        this.clock = clock;
        this.timeout = timeout;
        this.timeoutNanos = timeout.toNanos();
    }

    /** A task starts, in its own thread. */
    void start(DeadlineTask<?> task, long nanos) {
        task.startDeadline(nanos); // fault: deadline-can-be-seen
        if (!armed) {
            arm();
        }
    }

    private void arm() {
        lock.lock();
        try {
            if (!armed) {
                set(timeout);
            }
        } finally {
            lock.unlock();
        }
    }

    private void set(Duration delay) {
        if (!ended) {
            timer = clock.schedule(delay, this::ring);
            armed = true;
        }
    }

    /** The time of the task that has run longest may be up. Called by the timer. */
    private void ring() {
        List<DeadlineTask<?>> late = new ArrayList<>();
        lock.lock();
        try {
            if (ended) {
                return;
            }
            if (runsAny(late)) {
                set(Duration.ofNanos(Math.max(least, seen * NANOS_BETWEEN_LOOKS)));
            }
        } catch (Throwable e) {
            armed = false;
            Log.error("a clock failed: tasks that run now are not held to their taskTimeout until another starts", e);
        } finally {
            lock.unlock();
        }
        late.forEach(this::timeOut); // with no lock: a thread is interrupted
    }

    private void timeOut(DeadlineTask<?> task) {
        try {
            group.timedOut(task);
        } catch (Throwable e) {
            Log.error(task.describe() + " could not be told that its taskTimeout has passed", e);
        }
    }

    /** Whether a task runs that has time left; if not, the timer is not set. */
    private boolean runsAny(List<DeadlineTask<?>> late) {
        if (look(late)) {
            return true;
        }
        armed = false;
        boolean any = look(late); // fault: looks-once-more
        armed = any;
        return any;
    }

    private boolean look(List<DeadlineTask<?>> late) {
        late.clear();
        now = clock.nanoTime();
        seen = 0;
        least = Long.MAX_VALUE;
        LiveTasks.forEach(group.live(), task -> {
            seen++;
            if (task instanceof DeadlineTask<?> own && own.isDeadlineRunning()) {
                long left = timeoutNanos - Math.max(0, now - own.startNanos());
                if (left <= 0) {
                    late.add(own);
                } else {
                    least = Math.min(least, left);
                }
            }
        });
        return least != Long.MAX_VALUE;
    }

    /** Every task so far has ended: a group that stays open for more must not be kept by the timer. */
    void rest() {
        if (armed) {
            Registration set = null;
            lock.lock();
            try {
                if (!runsAny(new ArrayList<>())) {
                    set = timer;
                    timer = null;
                }
            } finally {
                lock.unlock();
            }
            close(set);
        }
    }

    /** Every task has ended, and none will start. */
    void end() {
        Registration set;
        lock.lock();
        try {
            ended = true;
            set = timer;
            timer = null;
        } finally {
            lock.unlock();
        }
        close(set);
    }

    private static void close(@Nullable Registration set) {
        if (set != null) {
            try {
                set.close();
            } catch (Throwable e) {
                Log.warn("the clock of a group could not take back a timer", e);
            }
        }
    }
}
