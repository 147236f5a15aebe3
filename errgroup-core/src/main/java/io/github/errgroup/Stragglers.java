package io.github.errgroup;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Names the tasks that outlive their group's cancellation by more than the grace (N6). */
final class Stragglers {
    private static final int MAX_FRAMES = 20;

    private final GroupEngine engine;

    private final Duration grace;

    /** Runs out at the end of the grace. Set by the canceller, before the group can end. */
    private volatile @Nullable Registration timer;

    /** Reported and not yet ended. */
    private final Set<TaskRun<?>> reported = ConcurrentHashMap.newKeySet();

    Stragglers(GroupEngine engine, Duration grace) {
        this.engine = engine;
        this.grace = grace;
    }

    void groupCancelled() {
        timer = engine.options().clock().schedule(grace, () -> {
            if (engine.outstanding() > 0) {
                HelperThread.start("stragglers", () -> LiveTasks.forEach(engine.live(), this::report));
            }
        });
    }

    /** Every task has ended: there is nothing to report, and the timer must not keep the group. */
    void groupEnded() {
        Registration set = timer;
        if (set != null) {
            set.close();
        }
    }

    private void report(TaskRun<?> task) {
        Thread thread = task.runner();
        if (thread == null || !task.isRunning()) {
            return;
        }
        StackTraceElement[] stack = thread.getStackTrace();
        if (!task.isRunning()) {
            return; // the stack may be that of the next task
        }
        Log.warn(describe(task, thread, stack));
        engine.tell(listener -> listener.onStraggler(task));
        reported.add(task);
        if (task.state().isEnded()) {
            taskEnded(task);
        }
    }

    /** Called at each task's end: one of this and {@link #report} tells the end of a straggler. */
    void taskEnded(TaskRun<?> task) {
        if (reported.remove(task)) {
            engine.tell(listener -> listener.onStragglerEnd(task));
        }
    }

    private String describe(TaskRun<?> task, Thread thread, StackTraceElement[] stack) {
        Duration age = Duration.ofNanos(engine.nanosSince(task.extras().startNanos));
        StringBuilder text = new StringBuilder(task.describe())
                .append(" still runs ")
                .append(grace)
                .append(" after the group was cancelled (")
                .append(engine.reason())
                .append("); it has run for ")
                .append(age)
                .append(" on thread '")
                .append(thread.getName())
                .append("' and is at");
        for (int i = 0; i < Math.min(stack.length, MAX_FRAMES); i++) {
            text.append("\n\tat ").append(stack[i]);
        }
        if (stack.length > MAX_FRAMES) {
            text.append("\n\t... ").append(stack.length - MAX_FRAMES).append(" more");
        }
        OpeningPlace place = engine.openedAt();
        if (place != null) {
            text.append("\nThe group was opened").append(place);
        }
        return text.append(
                        "\nLet it end when interrupted, poll context().isCancelled(), or register a cancellation hook")
                .toString();
    }
}
