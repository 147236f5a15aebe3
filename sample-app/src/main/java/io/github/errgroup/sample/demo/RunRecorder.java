package io.github.errgroup.sample.demo;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Records the events of one group, for any number of readers. A listener is called on the group's own threads, so this
 * one stores the event and does nothing else: a slow reader does not slow the group, and a cancelled thread does not
 * close a reader's connection.
 *
 * <p>Thread-safe. {@code events} and {@code ended} are read and written under the lock.
 */
final class RunRecorder implements GroupListener {
    private final long start = System.nanoTime();

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition more = lock.newCondition();

    private final List<RunEvent> events = new ArrayList<>();

    private boolean ended;

    /** Records the tasks that will be submitted, so that the page shows those that wait for a slot too. */
    void planned(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            add(new RunEvent.Task(now(), i, names.get(i), "waiting", null));
        }
    }

    void limit(int limit) {
        add(new RunEvent.Limit(now(), limit));
    }

    @Override
    public void onTaskStart(ErrGroup group, Subtask<?> task) {
        add(new RunEvent.Task(now(), task.index(), task.name(), "running", null));
    }

    @Override
    public void onTaskEnd(ErrGroup group, Subtask<?> task, long nanos) {
        ended(task);
    }

    @Override
    public void onTaskSkipped(ErrGroup group, Subtask<?> task) {
        ended(task);
    }

    @Override
    public void onTaskRejected(ErrGroup group, Subtask<?> task) {
        ended(task);
    }

    private void ended(Subtask<?> task) {
        Throwable failure = task.exception();
        String text = failure == null ? null : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        add(new RunEvent.Task(now(), task.index(), task.name(), lowerCase(task.state()), text));
    }

    @Override
    public void onCancel(ErrGroup group, CancelReason reason, Throwable cause) {
        add(new RunEvent.Cancel(now(), lowerCase(reason)));
    }

    @Override
    public void onCancelled(ErrGroup group, long nanos) {
        add(new RunEvent.Cancelled(now(), millis(nanos)));
    }

    @Override
    public void onEnd(ErrGroup group, GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
        add(new RunEvent.End(now(), lowerCase(outcome)));
    }

    private void add(RunEvent event) {
        lock.lock();
        try {
            events.add(event);
            ended |= event instanceof RunEvent.End;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for events.
     *
     * @param from the index of the first one wanted
     * @param millis how long to wait for it
     * @return the events from there on; empty if there is none yet
     */
    List<RunEvent> await(int from, long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (events.size() <= from && !ended && left > 0) {
                left = more.awaitNanos(left);
            }
            return from >= events.size() ? List.of() : List.copyOf(events.subList(from, events.size()));
        } finally {
            lock.unlock();
        }
    }

    /** Whether an event of this index, or a later one, may still come or is there. */
    boolean hasMore(int index) {
        lock.lock();
        try {
            return !ended || index < events.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the group has not ended. */
    boolean isRunning() {
        return hasMore(Integer.MAX_VALUE);
    }

    private double now() {
        return millis(System.nanoTime() - start);
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1_000.0) / 1_000.0;
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
