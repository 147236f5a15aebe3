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
 * gives its shared slot back (N7). It is who finds out that a user's executor or factory has lost a task (N2).
 */
final class Wait implements AutoCloseable {
    /** A group of whose tasks none starts or ends for this many patiences lost a task on a busy executor (N2). */
    private static final int LOST_AFTER = 10;

    private final GroupEngine engine;

    private final @Nullable TaskRun<?> self;

    private final @Nullable Compensation compensation;

    private final @Nullable LentThreads lent;

    private final boolean own;

    private final Compensation.@Nullable CompensatingThread compensating;

    private final long patienceNanos;

    /** Tasks whose shared slots this wait gave back, innermost first: those that an outer wait gave back it takes again. */
    private final List<TaskRun<?>> givers = new ArrayList<>(1);

    /** Shared limits whose tasks a call below this wait on the stack launches in turn. */
    private final List<SharedLimit> stopped = new ArrayList<>(0);

    private long progressSeen;

    private long progressNanos = System.nanoTime();

    /** Tells whom it concerns that this thread is about to wait. Null where it concerns nobody. */
    static @Nullable Wait begin(GroupEngine engine) {
        TaskRun<?> self = CurrentTask.get();
        boolean concernsNobody = self == null && engine.threads() instanceof OwnThreads && engine.lentThreads() == null;
        return concernsNobody ? null : new Wait(engine, self);
    }

    private Wait(GroupEngine engine, @Nullable TaskRun<?> self) {
        this.engine = engine;
        this.self = self;
        this.lent = engine.lentThreads();
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
            if (shared == null) {
                continue;
            }
            if (shared.stopLaunching()) {
                stopped.add(shared);
            }
            if (shared.giveBack(task)) {
                givers.add(task);
            }
        }
        if (compensating != null) {
            compensating.waitBegins();
        }
        if (compensation != null) {
            compensation.waitBegins(engine, own);
        }
    }

    /** Parks until unparked, interrupted, or it is time to look after a handed-in executor or factory. */
    void park() {
        if (compensation == null && lent == null) {
            LockSupport.park(engine);
            return;
        }
        LockSupport.parkNanos(engine, patienceNanos);
        if (lent != null) {
            lent.replaceEnded(patienceNanos);
        }
        if (compensation != null) {
            lookAfter(compensation);
        }
    }

    private void lookAfter(Compensation executor) {
        long now = System.nanoTime();
        long progress = engine.progress();
        if (progress != progressSeen) {
            progressSeen = progress;
            progressNanos = now;
        }
        if (executor.isStarved(patienceNanos)) {
            executor.compensateAgain(patienceNanos);
        } else if (now - progressNanos >= LOST_AFTER * patienceNanos) {
            executor.compensateAgain(LOST_AFTER * patienceNanos);
        } else if (own) {
            executor.compensate();
        }
    }

    /** The wait is over. Blocks only for the shared slot that the task gave back. */
    @Override
    public void close() {
        // Still a wait: the slot may be held by a task of the group that the executor cannot run, or has dropped.
        takeSharedSlotsAgain();
        stopped.forEach(SharedLimit::goOnLaunching);
        if (compensation != null) {
            compensation.waitEnds(engine, own);
        }
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

    /**
     * In one order for all threads: tasks nested by caller-runs executors may hold slots of several limits. For the first of
     * a limit the thread waits its turn; the further ones it had, and a limit that was lowered meanwhile lets it go on.
     */
    private void takeSharedSlotsAgain() {
        if (givers.size() > 1) {
            givers.sort(Comparator.comparingLong(task -> sharedLimitOf(task).order));
        }
        SharedLimit before = null;
        for (TaskRun<?> task : givers) {
            SharedLimit shared = sharedLimitOf(task);
            if (shared == before) {
                shared.takeAgainAnyway(task);
            } else {
                shared.takeAgain(task, this);
            }
            before = shared;
        }
    }

    private static SharedLimit sharedLimitOf(TaskRun<?> task) {
        return requireNonNull(task.engine.options().sharedLimit());
    }

    /** The task in whose launch a caller-runs executor runs this one: its thread waits too. */
    private static @Nullable TaskRun<?> outer(TaskRun<?> task) {
        TaskExtras rare = task.extrasIfAny();
        return rare == null ? null : rare.outer;
    }
}
