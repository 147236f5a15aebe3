package io.github.errgroup.sample.demo;

import io.github.errgroup.CancelReason;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Records the events of one group, for any number of readers. A listener is called on the group's own threads, so this
 * one stores the event and does nothing else: a slow reader does not slow the group, and a cancelled thread does not
 * close a reader's connection. Thread-safe.
 */
final class RunRecorder implements GroupListener {
    private final long start = System.nanoTime();

    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    /** Written by {@link #onEnd} after the last event, read by the readers before the events. */
    private volatile boolean ended;

    /** Records the tasks that will be submitted, so that the page shows those that wait for a slot too. */
    void planned(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            events.add(new RunEvent.Task(now(), i, names.get(i), "waiting", null));
        }
    }

    void limit(int limit) {
        events.add(new RunEvent.Limit(now(), limit));
    }

    void told(String tool, String response) {
        events.add(new RunEvent.Told(now(), tool, response));
    }

    @Override
    public void onTaskStart(Subtask<?> task) {
        events.add(new RunEvent.Task(now(), task.index(), task.name(), "running", null));
    }

    @Override
    public void onTaskEnd(Subtask<?> task, long nanos) {
        ended(task);
    }

    @Override
    public void onTaskSkipped(Subtask<?> task) {
        ended(task);
    }

    @Override
    public void onTaskRejected(Subtask<?> task) {
        ended(task);
    }

    private void ended(Subtask<?> task) {
        Throwable failure = task.exception();
        String text = failure == null ? null : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        events.add(new RunEvent.Task(now(), task.index(), task.name(), lowerCase(task.state()), text));
    }

    @Override
    public void onCancel(CancelReason reason, Throwable cause) {
        events.add(new RunEvent.Cancel(now(), lowerCase(reason)));
    }

    @Override
    public void onDrained(long nanos) {
        events.add(new RunEvent.Cancelled(now(), millis(nanos)));
    }

    @Override
    public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
        events.add(new RunEvent.End(now(), lowerCase(outcome)));
        ended = true;
    }

    /**
     * The events from an index on.
     *
     * @return a copy; empty if there is none yet
     */
    List<RunEvent> from(int index) {
        return events.stream().skip(index).toList();
    }

    /** Whether the group has ended: then all events of its tasks are recorded. */
    boolean hasEnded() {
        return ended;
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
