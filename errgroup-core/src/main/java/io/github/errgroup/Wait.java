package io.github.errgroup;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread's wait for a group, in {@code await}, {@code close} or a blocked {@code go}, and what the others must know
 * of it: a handed-in executor may be starved by it (N1), a compensating thread is not at work while it waits, and a task
 * gives its shared slot back (N7).
 */
final class Wait implements AutoCloseable {
    /** A group of whose tasks none starts or ends for this many patiences lost a task on a busy executor (N2). */
    private static final int LOST_AFTER = 10;

    private final GroupEngine engine;

    private final @Nullable TaskRun<?> self;

    private final @Nullable Compensation compensation;

    private final boolean own;

    private final Compensation.@Nullable CompensatingThread compensating;

    private final long patienceNanos;

    private long progressSeen;

    private long progressNanos = System.nanoTime();

    /** Tells whom it concerns that this thread is about to wait. Null where it concerns nobody. */
    static @Nullable Wait begin(GroupEngine engine) {
        TaskRun<?> self = CurrentTask.get();
        boolean concernsNobody = self == null && engine.threads() instanceof OwnThreads;
        return concernsNobody ? null : new Wait(engine, self);
    }

    private Wait(GroupEngine engine, @Nullable TaskRun<?> self) {
        this.engine = engine;
        this.self = self;
        this.patienceNanos = engine.options().starvationTimeout().toNanos();
        this.progressSeen = engine.progress();
        this.compensating = Thread.currentThread() instanceof Compensation.CompensatingThread thread ? thread : null;
        if (engine.threads() instanceof HandedInExecutor executor) {
            this.compensation = executor.compensation();
            this.own = self != null && self.engine.threads() == executor;
        } else {
            this.compensation = null;
            this.own = false;
        }
        for (TaskRun<?> task = self; task != null; task = outer(task)) {
            SharedLimit shared = task.engine.options().sharedLimit();
            if (shared != null) {
                shared.giveBack(task);
            }
        }
        if (compensating != null) {
            compensating.waitBegins();
        }
        if (compensation != null) {
            compensation.waitBegins(engine, own);
        }
    }

    /** Parks until unparked, interrupted, or it is time to look after a handed-in executor. */
    void park() {
        if (compensation == null) {
            LockSupport.park(engine);
            return;
        }
        LockSupport.parkNanos(engine, patienceNanos);
        long now = System.nanoTime();
        long progress = engine.progress();
        if (progress != progressSeen) {
            progressSeen = progress;
            progressNanos = now;
        }
        if (own || now - progressNanos >= LOST_AFTER * patienceNanos) {
            compensation.compensate();
        } else {
            compensation.checkProgress(patienceNanos);
        }
    }

    /** The wait is over. Blocks only for the shared slot that the task gave back. */
    @Override
    public void close() {
        if (compensation != null) {
            compensation.waitEnds(engine, own);
        }
        takeSharedSlotsAgain();
        if (compensating != null) {
            compensating.waitEnds();
        }
    }

    /** Asks whether this thread may block at all. What the guard throws is for the caller. */
    static void guard(GroupEngine engine) {
        Runnable guard = engine.options().waitGuard();
        if (guard != null) {
            guard.run();
        }
    }

    /** In one order for all threads: tasks nested by caller-runs executors may hold slots of several limits. */
    private void takeSharedSlotsAgain() {
        List<TaskRun<?>> givers = new ArrayList<>(1);
        for (TaskRun<?> task = self; task != null; task = outer(task)) {
            if (task.engine.options().sharedLimit() != null) {
                givers.add(task);
            }
        }
        if (givers.size() > 1) {
            givers.sort(Comparator.comparingLong(
                    task -> requireNonNull(task.engine.options().sharedLimit()).order));
        }
        for (TaskRun<?> task : givers) {
            requireNonNull(task.engine.options().sharedLimit()).takeAgain(task);
        }
    }

    /** The task in whose launch a caller-runs executor runs this one: its thread waits too. */
    private static @Nullable TaskRun<?> outer(TaskRun<?> task) {
        TaskExtras rare = task.extrasIfAny();
        return rare == null ? null : rare.outer;
    }
}
