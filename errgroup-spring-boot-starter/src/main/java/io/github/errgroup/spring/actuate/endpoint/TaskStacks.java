package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the stacks of running tasks, up to a number. For one answer, in one thread.
 *
 * <p>A thread may go on to another task before its stack is taken. So each group is looked at again afterwards, and
 * only the stacks of tasks that still run on the same thread are kept: those ran there all the time.
 */
final class TaskStacks {
    private int left;

    TaskStacks(int most) {
        this.left = most;
    }

    List<TaskReport> reportsOf(ErrGroup group, GroupSnapshot snapshot) {
        Map<Long, ThreadStack> taken = take(snapshot);
        if (!taken.isEmpty()) {
            dropEnded(taken, snapshot, group.snapshot());
        }
        List<TaskReport> reports = new ArrayList<>(snapshot.tasks().size());
        for (TaskSnapshot task : snapshot.tasks()) {
            reports.add(TaskReport.of(task, taken.get(task.index())));
        }
        return reports;
    }

    private Map<Long, ThreadStack> take(GroupSnapshot snapshot) {
        Map<Long, ThreadStack> taken = new HashMap<>();
        for (TaskSnapshot task : snapshot.tasks()) {
            Thread thread = task.thread();
            if (left > 0 && thread != null && task.state() == Subtask.State.RUNNING) {
                taken.put(task.index(), ThreadStack.of(thread));
                left--;
            }
        }
        return taken;
    }

    private static void dropEnded(Map<Long, ThreadStack> taken, GroupSnapshot before, GroupSnapshot after) {
        Map<Long, Thread> running = new HashMap<>();
        for (TaskSnapshot task : after.tasks()) {
            Thread thread = task.thread();
            if (thread != null && task.state() == Subtask.State.RUNNING) {
                running.put(task.index(), thread);
            }
        }
        for (TaskSnapshot task : before.tasks()) {
            if (running.get(task.index()) != task.thread()) {
                taken.remove(task.index());
            }
        }
    }

    /**
     * Where a thread was and what it was doing there.
     *
     * @param state read just before the frames
     * @param frames innermost first; empty if the thread had ended
     */
    record ThreadStack(Thread.State state, StackTraceElement[] frames) {

        static ThreadStack of(Thread thread) {
            return new ThreadStack(thread.getState(), thread.getStackTrace());
        }
    }
}
