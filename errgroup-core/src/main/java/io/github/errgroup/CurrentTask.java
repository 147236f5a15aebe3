package io.github.errgroup;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which task a thread runs. On our own threads the thread itself knows ({@link TaskThread}); for threads of a handed-in
 * executor there is a table, which is empty, and costs one read, while no such task runs. A task that a caller-runs
 * executor runs inside another one hides the outer one until it ends.
 */
final class CurrentTask {
    /** Written by the thread that is the key, before and after its task. */
    private static final ConcurrentHashMap<Thread, TaskRun<?>> ON_FOREIGN_THREADS = new ConcurrentHashMap<>();

    private CurrentTask() {}

    /** The innermost task that runs in this thread, or null. */
    static @Nullable TaskRun<?> get() {
        Thread thread = Thread.currentThread();
        if (!ON_FOREIGN_THREADS.isEmpty()) {
            TaskRun<?> task = ON_FOREIGN_THREADS.get(thread);
            if (task != null) {
                return task;
            }
        }
        if (thread.getUncaughtExceptionHandler() instanceof TaskThread own) {
            TaskRun<?> task = own.currentTask();
            // The handler may have been copied to another thread by user code.
            return task != null && task.runner() == thread ? task : null;
        }
        return null;
    }

    /** Enters a task on a thread that is not ours. Returns what {@link #leave} needs. */
    static @Nullable TaskRun<?> enter(Thread thread, TaskRun<?> task) {
        return ON_FOREIGN_THREADS.put(thread, task);
    }

    /** Leaves it again, back to what {@link #get} gave before. */
    static void leave(Thread thread, @Nullable TaskRun<?> hidden) {
        if (hidden != null) {
            ON_FOREIGN_THREADS.put(thread, hidden);
        } else {
            ON_FOREIGN_THREADS.remove(thread);
        }
    }
}
