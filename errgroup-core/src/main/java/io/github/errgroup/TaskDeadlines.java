package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a group's tasks (N10): one timer for all of them. Each task has the same time, so the earliest deadline is
 * that of the task that has run longest; the timer is set for it, looks at the tasks that run when it rings, and is set anew.
 * Short tasks end before, and cost one reading of the clock each.
 *
 * <p>Register, then check, as J2: a task can be seen to run, and then looks whether the timer is set; who finds no task that
 * runs says that it is not set, and then looks once more. So while a task runs, the timer is set.
 */
final class TaskDeadlines {
    /** What this knows of the group. */
    interface Group {
        LiveTasks live();

        /** A task's own deadline is over, unless its body has ended. Runs no user code. */
        void timedOut(DeadlineTask<?> task);
    }

    /** Between two looks lies so much time for each task that was looked at: looking costs some percent of a processor at most. */
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

    // Of one look, guarded by the lock.

    private long now;

    private int seen;

    /** The least time that a task has left; above {@link #timeoutNanos} where none has any. */
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
            timer = clock.schedule(delay, this::look);
            armed = true;
        }
    }

    /** The time of the task that has run longest may be up. Called by the timer. */
    private void look() {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            if (!findsTask()) {
                armed = false;
                if (!findsTask()) { // fault: looks-once-more
                    return;
                }
            }
            set(Duration.ofNanos(Math.max(Math.max(1, least), seen * NANOS_BETWEEN_LOOKS)));
        } catch (Throwable e) {
            armed = false; // the next task that starts sets it
            Log.error("the timer for deadlines of tasks could not be set", e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a task runs that has time left; ends the time of those that have none. */
    private boolean findsTask() {
        now = clock.nanoTime();
        seen = 0;
        least = Long.MAX_VALUE;
        group.live().forEach(this::look);
        return least != Long.MAX_VALUE;
    }

    private void look(TaskRun<?> task) {
        seen++;
        if (task instanceof DeadlineTask<?> own && own.isDeadlineRunning()) {
            long left = timeoutNanos - (now - own.startNanos());
            if (left <= 0) {
                group.timedOut(own);
            } else {
                least = Math.min(least, left);
            }
        }
    }

    /** Every task has ended: the timer must not keep the group. */
    void end() {
        lock.lock();
        try {
            ended = true;
            Registration set = timer;
            timer = null;
            if (set != null) {
                set.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
