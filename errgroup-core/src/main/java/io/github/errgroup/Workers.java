package io.github.errgroup;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads of one group that take several tasks each (J13): a worker that ends a task takes the next one of its group, and
 * ends when there is none.
 *
 * <ol>
 *   <li>At most one worker is <em>committed</em>: it will look at the queue before it runs anything or ends. Whoever puts
 *       a task in the queue and finds none committed, commits a new worker.
 *   <li>Before a worker runs a task it sees to it that, if the queue is not empty, another is committed. So no task ever
 *       waits for another to end: short ones share a few threads, blocking ones get one each.
 *   <li>To stop being committed is to write {@link #committed}, then look at the queue again; to submit is to write the
 *       queue, then read {@link #committed}. One of the two sees the other.
 * </ol>
 */
final class Workers {
    private final ThreadFactory factory;

    private final Queue<TaskRun<?>> queue = new ConcurrentLinkedQueue<>();

    /** 1 while a worker is committed. */
    private final AtomicInteger committed = new AtomicInteger();

    Workers(ThreadFactory factory) {
        this.factory = factory;
    }

    void submit(TaskRun<?> task) {
        queue.add(task);
        ensureCommitted();
    }

    private void ensureCommitted() {
        while (!queue.isEmpty() && committed.get() == 0 && committed.compareAndSet(0, 1)) {
            Throwable failure = startCommitted();
            if (failure == null) {
                return;
            }
            TaskRun<?> task = queue.poll();
            committed.set(0);
            if (task != null && task.retire()) {
                task.engine.endUnstarted(task, failure);
            }
        }
    }

    /** Starts a worker that inherits the commitment. Returns why it could not. */
    private @Nullable Throwable startCommitted() {
        try {
            Worker worker = new Worker();
            Thread thread = OwnThreads.newThread(factory, worker, worker);
            thread.start();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private final class Worker implements Runnable, TaskThread, Host {
        /** Read and written by the worker's thread. */
        private @Nullable TaskRun<?> current;

        private boolean isCommitted = true;

        private String name = "";

        private @Nullable ClassLoader classLoader;

        @Override
        public void run() {
            Thread thread = Thread.currentThread();
            name = thread.getName();
            classLoader = thread.getContextClassLoader();
            for (TaskRun<?> task = next(); task != null; task = next()) {
                if (task.claim()) {
                    current = task;
                    task.runner(thread);
                    task.perform(this);
                    current = null;
                }
            }
        }

        /** The next task, once another worker is committed if there is more; null if this worker is to end. */
        private @Nullable TaskRun<?> next() {
            for (; ; ) {
                TaskRun<?> task = queue.poll();
                if (task != null) {
                    if (isCommitted) {
                        isCommitted = false;
                        if (!queue.isEmpty() && startCommitted() == null) {
                            return task;
                        }
                        committed.set(0);
                    }
                    ensureCommitted();
                    return task;
                }
                if (!isCommitted) {
                    return null;
                }
                isCommitted = false;
                committed.set(0);
                if (queue.isEmpty() || !committed.compareAndSet(0, 1)) {
                    return null;
                }
                isCommitted = true;
            }
        }

        /** What the next task of the group must not find. */
        @Override
        public void taskEnds(TaskRun<?> task, boolean interrupted) {
            Thread thread = Thread.currentThread();
            Thread.interrupted();
            if (!name.equals(thread.getName())) {
                thread.setName(name);
            }
            if (thread.getContextClassLoader() != classLoader) {
                thread.setContextClassLoader(classLoader);
            }
            if (thread.getUncaughtExceptionHandler() != this) {
                thread.setUncaughtExceptionHandler(this);
            }
        }

        @Override
        public @Nullable TaskRun<?> currentTask() {
            return current;
        }
    }
}
