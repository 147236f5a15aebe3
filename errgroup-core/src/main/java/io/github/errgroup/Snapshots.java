package io.github.errgroup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes snapshots: reads what the tasks write, and holds up none of them. */
final class Snapshots {
    /** Where tasks come and go so fast that the word never stands still, the last reading has to do. */
    private static final int MAX_TRIES = 1_000;

    private Snapshots() {}

    static GroupSnapshot of(GroupEngine engine) {
        ErrGroupOptions options = engine.options();
        long now = options.clock().nanoTime();
        List<TaskSnapshot> tasks = new ArrayList<>();
        LiveTasks.forEach(engine.live(), task -> add(tasks, task, now));
        engine.forEachWaiting(task -> add(tasks, task, now));
        tasks.sort((one, other) -> Long.compare(one.index(), other.index()));
        // A task is counted by its outcome before it leaves the word. So the counts are read between two readings of
        // one word: nothing is counted as succeeded that was not, and only a task in the middle of its end is counted
        // twice, by its outcome and as pending. It is pending, since a close would still find it and cancel the group;
        // unless the group is cancelled already, perhaps by this very outcome. (For a moment it is also counted so
        // while
        // another admission is taken back.)
        long admitted;
        long pending;
        long rejected;
        long failed;
        long cancelled;
        long skipped;
        long withdrawn;
        long word;
        int tries = 0;
        do {
            word = engine.progress();
            admitted = engine.admitted();
            pending = engine.outstanding();
            Failures bad = engine.failuresIfAny();
            rejected = bad == null ? 0 : bad.rejected.get(); // before the failed ones, which have it already
            failed = bad == null ? 0 : bad.failed.get();
            cancelled = bad == null ? 0 : bad.cancelled.get();
            skipped = bad == null ? 0 : bad.skipped.get();
            withdrawn = engine.withdrawn();
        } while (word != engine.progress() && ++tries < MAX_TRIES);
        long submitted = admitted - withdrawn;
        CancelReason reason = engine.reason();
        if (!engine.is(GroupState.CANCELLED)) { // read after the reason, which is told later
            long twice = Math.max(0, pending + failed + cancelled + skipped - submitted);
            failed -= Math.min(twice, failed);
            rejected = Math.min(rejected, failed);
        }
        long succeeded = Math.max(0, submitted - pending - failed - cancelled - skipped);
        OpeningPlace openedAt = engine.openedAt();
        return new GroupSnapshot(
                options.name(),
                engine.phase(),
                engine.age(now),
                openedAt == null ? null : openedAt.frames(),
                engine.limit(),
                engine.remaining().orElse(null),
                reason,
                submitted,
                succeeded,
                failed,
                rejected,
                cancelled,
                skipped,
                Math.max(0, submitted - succeeded - failed - cancelled - skipped),
                engine.blockedCallers(),
                List.copyOf(tasks));
    }

    private static void add(List<TaskSnapshot> tasks, TaskRun<?> task, long now) {
        Subtask.State state = task.state();
        if (state.isEnded() || tasks.size() == GroupSnapshot.MAX_TASKS) {
            return;
        }
        Thread thread = state == Subtask.State.RUNNING ? task.runner() : null;
        tasks.add(new TaskSnapshot(task.index(), task.name(), state, age(task, now), thread));
    }

    private static @Nullable Duration age(TaskRun<?> task, long now) {
        TaskExtras rare = task.extrasIfAny();
        long start = rare == null ? 0 : rare.startNanos;
        return start != 0 ? Duration.ofNanos(Math.max(0, now - start)) : null;
    }
}
