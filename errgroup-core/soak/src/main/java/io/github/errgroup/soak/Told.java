package io.github.errgroup.soak;

import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.LimitExceededException;
import io.github.errgroup.Subtask;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the engine tells of one group. It notes when the end of a failed task was told, for by then its failure had been
 * recorded (J11), and counts what no body can know: what never started, and what a task's own deadline ended. Thread-safe.
 */
final class Told implements GroupListener {
    private final Ledger ledger;

    private final Map<Subtask.State, AtomicLong> ends = new ConcurrentHashMap<>();

    private final AtomicLong rejected = new AtomicLong();

    private final AtomicLong tooLate = new AtomicLong();

    /** Written by the thread that ends the group, read by the owner after it. */
    private volatile @Nullable GroupOutcome outcome;

    Told(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void onTaskEnd(Subtask<?> task, long nanos) {
        count(task);
        if (task.state() == Subtask.State.FAILED) {
            if (isTooLate(task.exception())) {
                tooLate.incrementAndGet();
            }
            ledger.failureRecorded();
        }
    }

    @Override
    public void onTaskSkipped(Subtask<?> task) {
        count(task);
    }

    @Override
    public void onTaskRejected(Subtask<?> task) {
        rejected.incrementAndGet();
        if (!(task.exception() instanceof LimitExceededException)) {
            ledger.broken("a task is rejected only if it waited for too long", task.exception());
        }
        ledger.failureRecorded();
    }

    @Override
    public void onEnd(GroupOutcome how, @Nullable Throwable failure, long nanos) {
        if (outcome != null) {
            ledger.broken("a group ends once, not as " + outcome + " and as " + how);
        }
        outcome = how;
    }

    private void count(Subtask<?> task) {
        ends.computeIfAbsent(task.state(), state -> new AtomicLong()).incrementAndGet();
    }

    /** Whether it is of a task that its own deadline stopped; not of one that failed past it by itself. */
    private static boolean isTooLate(@Nullable Throwable failure) {
        return failure instanceof TimeoutException
                && !(failure.getSuppressed().length == 1 && failure.getSuppressed()[0] instanceof Planted);
    }

    long ended(Subtask.State state) {
        AtomicLong count = ends.get(state);
        return count == null ? 0 : count.get();
    }

    long rejected() {
        return rejected.get();
    }

    long tooLate() {
        return tooLate.get();
    }

    /** In all. */
    long ended() {
        return ends.values().stream().mapToLong(AtomicLong::get).sum() + rejected();
    }

    @Nullable
    GroupOutcome outcome() {
        return outcome;
    }

    @Override
    public String toString() {
        return ends + ", " + rejected + " rejected, " + tooLate + " stopped by their own deadline, outcome " + outcome;
    }
}
