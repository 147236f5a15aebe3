package io.github.errgroup.sample.runs;

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
 * Keeps what happens in one group, for any number of readers. A listener is called in the group's own threads, so this
 * one only notes and never writes to anybody: a slow reader must not slow the group, nor a cancelled thread close a
 * reader's connection.
 *
 * <p>Thread-safe; {@code events} and {@code ended} are used under the lock.
 */
final class RunRecorder implements GroupListener {
    private final long start = System.nanoTime();

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition more = lock.newCondition();

    private final List<RunEvent> events = new ArrayList<>();

    private boolean ended;

    /** Notes that tasks will be submitted, so that those waiting for a slot are seen too. */
    void planned(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            add(RunEvent.task(now(), i, names.get(i), "waiting", null), false);
        }
    }

    void limit(int limit) {
        add(RunEvent.limit(now(), limit), false);
    }

    @Override
    public void onTaskStart(ErrGroup group, Subtask<?> task) {
        add(RunEvent.task(now(), task.index(), task.name(), "running", null), false);
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
        add(RunEvent.task(now(), task.index(), task.name(), lowerCase(task.state()), task.exception()), false);
    }

    @Override
    public void onCancel(ErrGroup group, CancelReason reason, Throwable cause) {
        add(RunEvent.cancel(now(), lowerCase(reason)), false);
    }

    @Override
    public void onCancelled(ErrGroup group, long nanos) {
        add(RunEvent.cancelled(now(), millis(nanos)), false);
    }

    @Override
    public void onEnd(ErrGroup group, GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
        add(RunEvent.end(now(), lowerCase(outcome), millis(nanos)), true);
    }

    private void add(RunEvent event, boolean last) {
        lock.lock();
        try {
            events.add(event);
            ended |= last;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for events.
     *
     * @param from the index of the first wanted
     * @param millis how long to wait for one
     * @return those there are, perhaps none
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

    /** Whether the group has not ended. */
    boolean isRunning() {
        lock.lock();
        try {
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the event of this index will never come. */
    boolean endsBefore(int index) {
        lock.lock();
        try {
            return ended && index >= events.size();
        } finally {
            lock.unlock();
        }
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
