package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
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
 *   <li>The first worker commits a waiting virtual thread instead, where the group has one: woken, it starts a worker if
 *       tasks still wait, and runs none itself. Mostly the first worker has run them all by then, so that few short tasks
 *       cost one thread, not two; an awaiter has to be woken at the end anyway. Who commits the awaiter writes
 *       {@link #committed}, then looks whether it still waits; who waits no more writes that, then reads
 *       {@link #committed}.
 *   <li>To stop being committed is to write {@link #committed}, then look at the queue again; to submit is to write the
 *       queue, then read {@link #committed}. One of the two sees the other.
 *   <li>Who frees a slot while the queue is not empty wakes no blocked caller of {@code go}: the worker that empties the
 *       queue does, before it runs what it took. So a caller is woken once for several slots, and never waits for a task
 *       to end while a slot is free.
 * </ol>
 */
final class Workers {
    private static final int NOBODY = 0;

    private static final int WORKER = 1;

    private static final int AWAITER = 2;

    private static final VarHandle COMMITTED;

    private static final VarHandle CURRENT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            COMMITTED = lookup.findVarHandle(Workers.class, "committed", int.class);
            CURRENT = lookup.findVarHandle(Worker.class, "current", TaskRun.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final GroupTasks group;

    private final ThreadFactory factory;

    private final RunQueue queue = new RunQueue();

    /** Who is committed. */
    private volatile int committed;

    /** Workers started so far; the next one's place among the live tasks. Written by who is committed. */
    private int started;

    Workers(GroupTasks group, ThreadFactory factory) {
        this.group = group;
        this.factory = factory;
    }

    /**
     * Gives a task to a worker: the first task to the first worker, each other one to whoever takes it out of the queue
     * soonest. Returns why there is no thread to be had; then the caller ends the task.
     */
    @Nullable
    Throwable submit(TaskRun<?> task) {
        if (started == 0 && tryCommit()) {
            if (started == 0) {
                return startFirst(task);
            }
            committed = NOBODY; // another caller was first
        }
        queue.add(task);
        ensureCommitted();
        return null;
    }

    /** Starts the first worker with its task in hand, committed. Returns why it could not. */
    private @Nullable Throwable startFirst(TaskRun<?> task) {
        Throwable failure;
        try {
            Worker worker = new Worker(started++, task);
            failure = group.startOn(factory.newThread(worker), task, worker, worker.wanted);
            if (failure == null) {
                return null;
            }
            worker.leaveSeat();
        } catch (Throwable e) {
            failure = task.retire() ? e : null;
        }
        committed = NOBODY;
        ensureCommitted();
        return failure;
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
        while (committed == NOBODY && !queue.isEmpty() && tryCommit()) {
            Throwable failure = startCommitted();
            if (failure == null) {
                return;
            }
            TaskRun<?> task = queue.poll();
            committed = NOBODY;
            if (task != null) {
                end(task, failure);
            }
        }
    }

    private boolean tryCommit() {
        return COMMITTED.compareAndSet(this, NOBODY, WORKER);
    }

    /** Passes a worker's commitment to a virtual thread that waits for the group. Returns false if there is none. */
    private boolean commitAwaiter() {
        if (group.virtualAwaiter() == null) {
            return false;
        }
        committed = AWAITER;
        Thread awaiter = group.virtualAwaiter();
        if (awaiter != null) {
            LockSupport.unpark(awaiter);
            return true;
        }
        return !COMMITTED.compareAndSet(this, AWAITER, WORKER); // else it took it over as it left
    }

    /** Called by every thread that waits for the group, before it parks and when it waits no more. */
    void lookAsAwaiter() {
        if (committed == AWAITER && COMMITTED.compareAndSet(this, AWAITER, NOBODY)) {
            ensureCommitted();
        }
    }

    /** Starts a worker that inherits the commitment. Returns why it could not. */
    private @Nullable Throwable startCommitted() {
        try {
            factory.newThread(new Worker(started++, null)).start();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private final class Worker implements Runnable, TaskHolder, Host, LiveTasks.Seat {
        /** What it runs. Written by the worker's thread or before its start, read by cancellers and snapshots. */
        private volatile @Nullable TaskRun<?> current;

        // What follows is the worker's thread's own.

        private boolean isCommitted = true;

        private final int wanted;

        private int seat;

        private LiveTasks.Seat[] row = {};

        private String name = "";

        private @Nullable ClassLoader classLoader;

        private Thread.@Nullable UncaughtExceptionHandler handler;

        Worker(int wanted, @Nullable TaskRun<?> first) {
            this.wanted = wanted;
            CURRENT.set(this, first);
        }

        @Override
        public void run() {
            try {
                work(Thread.currentThread());
            } catch (Throwable fault) {
                OwnThreads.report(fault);
            }
        }

        private void work(Thread thread) {
            TaskRun<?> first = current;
            if (first != null && first.isPending()) {
                return; // a thread factory runs it too early
            }
            TaskRun<?> task = first != null ? null : queue.poll();
            if (first == null && task == null && !findMore()) {
                return;
            }
            name = thread.getName();
            classLoader = thread.getContextClassLoader();
            handler = thread.getUncaughtExceptionHandler();
            TaskHolder hidden;
            try {
                if (first == null) {
                    group.live().add(this, wanted);
                }
                hidden = CurrentTask.enter(thread, this);
            } catch (Throwable e) {
                giveUp(first, task, e);
                return;
            }
            try {
                if (first != null) {
                    perform(first);
                    task = queue.poll();
                }
                for (; ; ) {
                    if (task != null) {
                        run(task, thread);
                    } else if (!findMore()) {
                        break;
                    }
                    task = queue.poll();
                }
            } finally {
                leaveSeat();
                CurrentTask.leave(thread, this, hidden);
                giveUpCommitment(); // only if the engine itself failed (no memory): another worker takes over
            }
        }

        void leaveSeat() {
            if (row.length > 0) {
                LiveTasks.remove(row, seat);
            }
        }

        private void giveUpCommitment() {
            if (isCommitted) {
                isCommitted = false;
                committed = NOBODY;
                ensureCommitted();
            }
        }

        /** Without a seat nobody could cancel what it runs, nor would it know its task: no memory for it, no task. */
        private void giveUp(@Nullable TaskRun<?> first, @Nullable TaskRun<?> task, Throwable failure) {
            leaveSeat();
            if (first != null) {
                first.fail(failure, this);
            } else if (task != null) {
                end(task, failure);
            }
            giveUpCommitment();
        }

        private void run(TaskRun<?> task, Thread thread) {
            task.activate(thread);
            current = task; // a full fence: what it took from the queue is seen to be gone, and itself to run the task
            perform(task);
        }

        private void perform(TaskRun<?> task) {
            passCommitment();
            task.perform(this);
            CURRENT.setRelease(this, null);
        }

        /** Before it runs a task: if there is more, another worker is committed; if not, a blocked caller may enter. */
        private void passCommitment() {
            boolean more = !queue.isEmpty();
            if (isCommitted) {
                isCommitted = false;
                if (more && ((started == 1 && commitAwaiter()) || startCommitted() == null)) {
                    return;
                }
                committed = NOBODY;
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
                committed = NOBODY;
                if (!queue.isEmpty() && tryCommit()) {
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
            if (group.isBacklogged() && tryCommit()) {
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
            if (thread.getUncaughtExceptionHandler() != handler) {
                thread.setUncaughtExceptionHandler(handler);
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
        public @Nullable TaskRun<?> taskOn(Thread thread) {
            TaskRun<?> task = current;
            return task != null && task.runner() == thread ? task : null;
        }
    }
}
