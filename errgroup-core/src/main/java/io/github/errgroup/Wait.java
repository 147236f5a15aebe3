package io.github.errgroup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread's wait for a group, in {@code await}, {@code close} or a blocked {@code go}, and the one loop in which such a
 * thread parks. What the others must know of it: an external executor may be starved by it (N1), a compensating thread is
 * not at work while it waits, a task gives its shared slot back (N7), and what a call further down the stack starts in turn
 * is started by others meanwhile. It is the waiting thread that finds out that a user's executor or factory has lost a task
 * (N2).
 */
final class Wait implements AutoCloseable {
    /** A wait that concerns nobody else. */
    private static final Wait PLAIN = new Wait();

    /** What is waited for. */
    @FunctionalInterface
    interface Condition<S> {
        boolean holds(S subject);
    }

    private final Launcher.@Nullable Watch watch;

    private final long patienceNanos;

    private final @Nullable TaskThread thread;

    /**
     * Tasks whose shared slots this wait gave back, innermost first: those that an outer wait gave back it takes again. Null
     * where there is none.
     */
    private @Nullable List<TaskRun<?>> givers;

    /** What resumes the calls below this wait on the stack that start things in turn. Null where there is none. */
    private @Nullable List<Runnable> suspended;

    /** Tells the worker or the shared limits that this thread is about to wait. */
    static Wait begin(TaskGroup group) {
        TaskRun<?> waiter = CurrentTask.get();
        Launcher.Watch watch = group.launcher().watch(group, waiter);
        return waiter == null && watch == null ? PLAIN : new Wait(group, waiter, watch);
    }

    private Wait() {
        this.watch = null;
        this.patienceNanos = 0;
        this.thread = null;
    }

    private Wait(TaskGroup group, @Nullable TaskRun<?> waiter, Launcher.@Nullable Watch watch) {
        this.watch = watch;
        this.patienceNanos = group.patienceNanos();
        this.thread = Thread.currentThread() instanceof TaskThread own ? own : null;
        for (TaskRun<?> task = waiter; task != null; task = outer(task)) {
            suspend(task.group.slotTrampoline());
            SharedLimit shared = task.group.sharedLimit();
            if (shared != null) {
                suspend(shared.trampoline());
                if (givers == null) {
                    givers = new ArrayList<>(1); // before: with no memory left, the slot stays the task's
                }
                if (shared.giveBack(task)) {
                    givers.add(task);
                }
            }
        }
        if (thread != null) {
            thread.waitBegins();
        }
        if (watch != null) {
            watch.begin();
        }
    }

    private void suspend(@Nullable Trampoline<?> trampoline) {
        Runnable resume = trampoline == null ? null : trampoline.suspend();
        if (trampoline != null && resume != null) {
            if (suspended == null) {
                suspended = new ArrayList<>(1);
            }
            suspended.add(resume);
            trampoline.run();
        }
    }

    /**
     * Parks until the condition holds. An interrupt ends no wait.
     *
     * @param group what a thread dump shows as waited for
     * @param done read again after each wake-up
     * @param looks how often to pause and look again before it parks; see {@link ShortWait}
     * @param onInterrupt what an interrupt does; null for nothing
     * @return whether the thread was interrupted; its flag is cleared then
     */
    <S> boolean until(
            TaskGroup group,
            Condition<? super S> done,
            S subject,
            int looks,
            @Nullable Consumer<? super S> onInterrupt) {
        boolean interrupted = false;
        int left = looks;
        while (!done.holds(subject)) {
            if (Thread.interrupted()) {
                interrupted = true;
                if (onInterrupt != null) {
                    onInterrupt.accept(subject);
                }
            } else if (left-- > 0) {
                ShortWait.pause();
            } else {
                park(group);
            }
        }
        return interrupted;
    }

    private void park(Object blocker) {
        if (watch == null) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, patienceNanos);
            watch.look(patienceNanos);
        }
    }

    /** The wait is over. Blocks only for the shared slots that the thread's tasks gave back. */
    @Override
    public void close() {
        // Still a wait: the slot may be held by a task of the group that the executor cannot run, or has dropped.
        if (givers != null) {
            takeSharedSlotsAgain(givers);
        }
        if (suspended != null) {
            suspended.forEach(Runnable::run);
        }
        if (watch != null) {
            watch.end();
        }
        if (thread != null) {
            thread.waitEnds();
        }
    }

    /**
     * In one order for all threads: tasks nested by caller-runs executors may hold slots of several limits. For the first of
     * a limit the thread waits its turn; the further ones it had, and a limit that was lowered meanwhile lets it go on.
     */
    private void takeSharedSlotsAgain(List<TaskRun<?>> givers) {
        if (givers.size() > 1) {
            givers.sort(Comparator.comparingLong(task -> sharedLimitOf(task).order));
        }
        SharedLimit before = null;
        for (TaskRun<?> task : givers) {
            SharedLimit shared = sharedLimitOf(task);
            if (shared == before) {
                shared.takeAgainAnyway(task);
            } else if (!shared.takeAgain(task)) {
                boolean interrupted = until(task.group, SharedLimit::mayGoOn, task, 0, null);
                shared.goesOn(task);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            before = shared;
        }
    }

    private static SharedLimit sharedLimitOf(TaskRun<?> task) {
        return Objects.requireNonNull(task.group.sharedLimit());
    }

    /** The task in whose launch a caller-runs executor runs this one: its thread waits too. */
    private static @Nullable TaskRun<?> outer(TaskRun<?> task) {
        TaskExtras rare = task.extrasIfAny();
        return rare == null ? null : rare.outer;
    }
}
