package io.github.errgroup;

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

    Wait(GroupEngine engine) {
        Runnable guard = engine.options().waitGuard();
        if (guard != null) {
            guard.run();
        }
        this.engine = engine;
        this.self = CurrentTask.get();
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
        for (TaskRun<?> task = self; task != null; task = task.outer()) {
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
        for (TaskRun<?> task = self; task != null; task = task.outer()) {
            SharedLimit shared = task.engine.options().sharedLimit();
            if (shared != null) {
                shared.takeAgain(task);
            }
        }
        if (compensating != null) {
            compensating.waitEnds();
        }
    }
}
