package io.github.errgroup.contract;

import io.github.errgroup.CancelReason;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down every event, in the order told: {@code "start task-0"}. */
final class Recorder implements GroupListener {
    private final List<String> events = new CopyOnWriteArrayList<>();

    /** The events so far. */
    List<String> events() {
        return List.copyOf(events);
    }

    /** How often an event was told. */
    long count(String event) {
        return events.stream().filter(event::equals).count();
    }

    /** How many events begin with this word. */
    long countOf(String word) {
        return events.stream()
                .filter(event -> event.equals(word) || event.startsWith(word + " "))
                .count();
    }

    @Override
    public void onOpen() {
        events.add("open");
    }

    @Override
    public void onTaskStart(Subtask<?> task) {
        events.add("start " + task.name());
    }

    @Override
    public void onTaskEnd(Subtask<?> task, long nanos) {
        events.add("end " + task.name() + " " + task.state());
    }

    @Override
    public void onTaskSkipped(Subtask<?> task) {
        events.add("skipped " + task.name());
    }

    @Override
    public void onTaskRejected(Subtask<?> task) {
        events.add("rejected " + task.name());
    }

    @Override
    public void onTaskCompensated(Subtask<?> task) {
        events.add("compensated " + task.name());
    }

    @Override
    public void onLimitWait(long nanos) {
        events.add("waited");
    }

    @Override
    public void onCancel(CancelReason reason, Throwable cause) {
        events.add("cancel " + reason);
    }

    @Override
    public void onDrained(long nanos) {
        events.add("cancelled");
    }

    @Override
    public void onStraggler(Subtask<?> task) {
        events.add("straggler " + task.name());
    }

    @Override
    public void onStragglerEnd(Subtask<?> task) {
        events.add("straggler-end " + task.name());
    }

    @Override
    public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
        events.add("ended " + outcome);
    }
}
