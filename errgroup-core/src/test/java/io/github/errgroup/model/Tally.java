package io.github.errgroup.model;

import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what it is told of one group. */
final class Tally implements GroupListener {
    private final AtomicLong started = new AtomicLong();

    private final AtomicLong rejected = new AtomicLong();

    private final AtomicLong skipped = new AtomicLong();

    private final AtomicLong ends = new AtomicLong();

    private final Map<State, AtomicLong> ended = new EnumMap<>(State.class);

    Tally() {
        for (State state : State.values()) {
            ended.put(state, new AtomicLong());
        }
    }

    @Override
    public void onTaskStart(Subtask<?> task) {
        started.incrementAndGet();
    }

    @Override
    public void onTaskEnd(Subtask<?> task, long nanos) {
        count(task.state()).incrementAndGet();
        if (nanos < 0) {
            count(State.PENDING).incrementAndGet(); // no state of an end: the tally is not as it must be
        }
    }

    @Override
    public void onTaskSkipped(Subtask<?> task) {
        skipped.incrementAndGet();
    }

    @Override
    public void onTaskRejected(Subtask<?> task) {
        rejected.incrementAndGet();
    }

    @Override
    public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
        ends.incrementAndGet();
    }

    private AtomicLong count(State state) {
        return Objects.requireNonNull(ended.get(state));
    }

    /** Whether each task of the closed group was told of once, and the end too. */
    boolean isOf(GroupSnapshot end) {
        long told = count(State.SUCCEEDED).get()
                + count(State.FAILED).get()
                + count(State.CANCELLED).get();
        return count(State.SUCCEEDED).get() == end.succeeded()
                && count(State.FAILED).get() + rejected.get() == end.failed()
                && rejected.get() == end.rejected()
                && count(State.CANCELLED).get() == end.cancelled()
                && count(State.PENDING).get() == 0
                && skipped.get() == end.skipped()
                && started.get() == told
                && ends.get() == 1;
    }

    @Override
    public String toString() {
        return "started " + started + ", ended " + ended + ", skipped " + skipped + ", rejected " + rejected + ", ends "
                + ends;
    }
}
