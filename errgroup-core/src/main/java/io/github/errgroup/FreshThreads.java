package io.github.errgroup;

import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A thread per task, which ends with it. Serves any number of groups, unless a user's factory makes the threads. */
final class FreshThreads implements Launcher {
    private final ThreadFactory factory;

    /** Starts a thread of a user's factory; null for one of ours. */
    private final @Nullable Consumer<Thread> starter;

    /** What looks after the threads, where a user's factory makes them. */
    private final @Nullable Watch watch;

    /** With threads of ours. */
    FreshThreads(ThreadFactory factory) {
        this.factory = factory;
        this.starter = null;
        this.watch = null;
    }

    /** With threads of a user's factory. */
    FreshThreads(LentThreads lent) {
        this.factory = lent;
        this.starter = lent::start;
        this.watch = lent;
    }

    @Override
    public @Nullable Throwable launch(TaskRun<?> task, boolean mayWait) {
        Thread thread;
        try {
            thread = factory.newThread(task);
        } catch (StackOverflowError e) {
            throw e; // there may be no room here to take it back; the caller has it noted
        } catch (Throwable e) {
            return task.retire() ? e : null;
        }
        return task.startIn(thread, starter);
    }

    @Override
    public void run(TaskRun<?> task) {
        try {
            CurrentTask.perform(task, Thread.currentThread(), task, Host.FRESH_THREAD);
        } catch (Throwable fault) {
            Log.uncaught(fault);
        }
    }

    @Override
    public @Nullable Watch watch(TaskGroup group, @Nullable TaskRun<?> waiter) {
        return watch;
    }
}
