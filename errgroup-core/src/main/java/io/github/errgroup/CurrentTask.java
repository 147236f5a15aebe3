package io.github.errgroup;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which task a thread runs, whatever the task does to its thread (N15). Platform threads of our own have a field for it
 * ({@link TaskThread}); all others (virtual ones, those of a user's factory or executor) stand in one table while they
 * run a task. A task that a caller-runs executor runs inside another one hides the outer one until it ends.
 */
final class CurrentTask {
    private static final ThreadTable OTHERS = new ThreadTable();

    private CurrentTask() {}

    /** Stands for no task. Each thread has its own: the table finds an entry by its identity. */
    private static final class NoTask implements TaskHolder {
        @Override
        public @Nullable TaskRun<?> taskOn(Thread thread) {
            return null;
        }
    }

    /** The innermost task that runs in this thread, or null. */
    static @Nullable TaskRun<?> get() {
        Thread thread = Thread.currentThread();
        if (thread instanceof TaskThread own) {
            TaskHolder holder = own.holder;
            return holder == null ? null : holder.taskOn(thread);
        }
        return OTHERS.find(thread);
    }

    /** Runs an active task to its very end, known meanwhile as the task of this thread. */
    static void perform(TaskRun<?> task, Thread thread, TaskHolder holder, Host host) {
        TaskHolder hidden;
        try {
            hidden = enter(thread, holder);
        } catch (Throwable e) {
            task.fail(e, host); // survivor: task-without-an-entry
            return;
        }
        try {
            task.perform(host);
        } finally {
            leave(thread, holder, hidden);
        }
    }

    /** Does what a thread that runs no task would do, in one that may run one. */
    static <T> T outside(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        TaskHolder none = new NoTask();
        TaskHolder hidden = enter(thread, none);
        try {
            return work.get();
        } finally {
            leave(thread, none, hidden);
        }
    }

    /** Called by the thread, before a task or a worker runs in it. Returns what {@link #leave} needs. */
    static @Nullable TaskHolder enter(Thread thread, TaskHolder holder) {
        if (thread instanceof TaskThread own) {
            TaskHolder hidden = own.holder;
            own.holder = holder;
            return hidden;
        }
        return OTHERS.put(thread, holder);
    }

    /** Called by the thread after that: back to what {@link #get} gave before. */
    static void leave(Thread thread, TaskHolder holder, @Nullable TaskHolder hidden) {
        if (thread instanceof TaskThread own) {
            own.holder = hidden;
        } else {
            OTHERS.replace(thread, holder, hidden);
        }
    }
}
