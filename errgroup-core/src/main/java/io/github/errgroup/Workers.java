package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
 *   <li>Who frees a slot while the queue is not empty wakes no blocked caller of {@code go}: the worker that empties the
 *       queue does, before it runs what it took. So a caller is woken once for several slots, and never waits for a task
 *       to end while a slot is free.
 * </ol>
 */
final class Workers {
    private static final VarHandle CURRENT;

    static {
        try {
            CURRENT = MethodHandles.lookup().findVarHandle(Worker.class, "current", TaskRun.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final GroupTasks group;

    private final ThreadFactory factory;

    private final RunQueue queue = new RunQueue();

    /** 1 while a worker is committed. */
    private final AtomicInteger committed = new AtomicInteger();

    /** Where the next worker sits among the live tasks: any place will do. */
    private int seats;

    Workers(GroupTasks group, ThreadFactory factory) {
        this.group = group;
        this.factory = factory;
    }

    void submit(TaskRun<?> task) {
        queue.add(task);
        ensureCommitted();
    }

    boolean isIdle() {
        return queue.isEmpty();
    }

    void forEachQueued(Consumer<TaskRun<?>> visitor) {
        queue.forEach(visitor);
    }

    /** The group is cancelled: what still waits here never starts. */
    void skipQueued() {
        for (TaskRun<?> task = queue.poll(); task != null; task = queue.poll()) {
            end(task, null);
        }
    }

    private static void end(TaskRun<?> task, @Nullable Throwable failure) {
        if (task.retire()) {
            task.engine.endUnstarted(task, failure);
        }
    }

    private void ensureCommitted() {
        while (committed.get() == 0 && !queue.isEmpty() && committed.compareAndSet(0, 1)) {
            Throwable failure = startCommitted();
            if (failure == null) {
                return;
            }
            TaskRun<?> task = queue.poll();
            committed.set(0);
            if (task != null) {
                end(task, failure);
            }
        }
    }

    /** Starts a worker that inherits the commitment. Returns why it could not. */
    private @Nullable Throwable startCommitted() {
        try {
            Worker worker = new Worker(seats++);
            Thread thread = OwnThreads.newThread(factory, worker, worker);
            thread.start();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private final class Worker implements Runnable, TaskThread, Host, LiveTasks.Seat {
        /** What it runs. Written by the worker's thread, read by cancellers and snapshots. */
        private volatile @Nullable TaskRun<?> current;

        // What follows is the worker's thread's own.

        private boolean isCommitted = true;

        private final int wanted;

        private int seat;

        private LiveTasks.Seat[] row = {};

        private String name = "";

        private @Nullable ClassLoader classLoader;

        Worker(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public void run() {
            Thread thread = Thread.currentThread();
            TaskRun<?> task = queue.poll();
            if (task == null && !findMore()) {
                return;
            }
            name = thread.getName();
            classLoader = thread.getContextClassLoader();
            if (!takeSeat(task)) {
                return;
            }
            try {
                for (; ; ) {
                    if (task != null) {
                        run(task, thread);
                    } else if (!findMore()) {
                        break;
                    }
                    task = queue.poll();
                }
            } finally {
                LiveTasks.remove(row, seat);
                giveUpCommitment(); // only if the engine itself failed (no memory): another worker takes over
            }
        }

        private void giveUpCommitment() {
            if (isCommitted) {
                isCommitted = false;
                committed.set(0);
                ensureCommitted();
            }
        }

        /** Without a seat nobody could cancel what it runs: then it gives up, and the task with it. */
        private boolean takeSeat(@Nullable TaskRun<?> task) {
            try {
                group.live().add(this, wanted);
                return true;
            } catch (Throwable e) {
                if (task != null) {
                    end(task, e);
                }
                giveUpCommitment();
                return false;
            }
        }

        private void run(TaskRun<?> task, Thread thread) {
            task.activate(thread);
            current = task; // a full fence: what it took from the queue is seen to be gone, and itself to run the task
            passCommitment();
            task.perform(this);
            CURRENT.setRelease(this, null);
        }

        /** Before it runs a task: if there is more, another worker is committed; if not, a blocked caller may enter. */
        private void passCommitment() {
            boolean more = !queue.isEmpty();
            if (isCommitted) {
                isCommitted = false;
                if (more && startCommitted() == null) {
                    return;
                }
                committed.set(0);
            }
            ensureCommitted();
            if (!more) {
                group.queueDrained();
            }
        }

        /** The queue was empty. Whether to look again, else this worker ends. */
        private boolean findMore() {
            if (isCommitted) {
                isCommitted = false;
                committed.set(0);
                if (!queue.isEmpty() && committed.compareAndSet(0, 1)) {
                    isCommitted = true;
                    return true;
                }
            }
            group.queueDrained();
            return false;
        }

        /** What the next task of the group must not find. */
        @Override
        public void taskEnds(TaskRun<?> task, boolean interrupted) {
            if (group.isBacklogged() && committed.compareAndSet(0, 1)) {
                isCommitted = true; // the slot that is freed next starts a task, which this worker can take
            }
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
        public void seat(LiveTasks.Seat[] taken, int offset) {
            row = taken;
            seat = wanted + offset;
        }

        @Override
        public @Nullable TaskRun<?> occupant() {
            return current;
        }

        @Override
        public @Nullable TaskRun<?> currentTask() {
            return current;
        }
    }
}
