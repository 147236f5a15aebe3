package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads of one group that take several tasks each (J13): a worker that ends a task takes the next one of its group. When
 * there is none, a platform thread lingers for a moment; a virtual one ends, since a new one costs no more than a wake-up.
 *
 * <ol>
 *   <li>At most one worker is <em>committed</em>: it will look at the queue before it runs anything or ends. A thread that
 *       puts a task in the queue and finds none committed commits a new worker.
 *   <li>Before a worker runs a task it sees to it that, if the queue is not empty, another is committed. So no task ever
 *       waits for another to end: short ones share a few threads, blocking ones get one each.
 *   <li>The first worker commits a waiting virtual thread instead, where the group has one: woken, it starts a worker if
 *       tasks still wait, and runs none itself. Mostly the first worker has run them all by then, so that few short tasks
 *       cost one thread, not two; an awaiter has to be woken at the end anyway. The thread that commits the awaiter writes
 *       {@link #committed}, then looks whether it still waits; an awaiter that waits no more writes that, then reads
 *       {@link #committed}.
 *   <li>To stop being committed is to write {@link #committed}, then look at the queue again; to submit is to write the
 *       queue, then read {@link #committed}. One of the two sees the other.
 *   <li>A thread that frees a slot while the queue is not empty gives it to no blocked caller of {@code go}: the worker that empties
 *       the queue does, before it runs what it took. So a caller is woken once for several slots, and never waits for a
 *       task to end while a slot is free.
 *   <li>A worker is started only while fewer are alive than tasks hold slots: else one of those alive has no task in hand,
 *       and will look at the queue before it ends. So a limited group never has more workers than its limit, and one that
 *       is about to end. A thread that submits writes the queue, then reads {@link #lingering} and {@link #alive}; a worker that
 *       finds nothing enters {@link #lingering}, or lowers {@link #alive}, then looks at the queue again.
 *   <li>A lingering worker holds no slot and runs no task, so nobody waits for it. Either the thread that is committed takes
 *       it out of {@link #lingering}: then it is committed in that thread's place. Or it takes itself out, and ends: when
 *       its moment is over, or as soon as no more tasks are to be expected ({@link Group#mayBringMore}).
 * </ol>
 */
final class Workers implements Launcher {
    private static final LiveTasks.Seat[] NO_SEAT = {};

    private static final int NOBODY = 0;

    private static final int WORKER = 1;

    private static final int AWAITER = 2;

    /**
     * How long a worker lingers: so long that it is still there though its caller had to wait for a processor. The interleaving
     * tests set another time.
     */
    static long lingerNanos = 500_000_000;

    private static final VarHandle COMMITTED;

    private static final VarHandle ALIVE;

    private static final VarHandle COMMITTER;

    private static final VarHandle CURRENT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            COMMITTED = lookup.findVarHandle(Workers.class, "committed", int.class);
            ALIVE = lookup.findVarHandle(Workers.class, "alive", int.class);
            COMMITTER = lookup.findVarHandle(Workers.class, "committer", Object.class);
            CURRENT = lookup.findVarHandle(Worker.class, "current", TaskRun.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What the workers know of their group. */
    interface Group extends TaskGroup {
        /** A virtual thread that waits for the group: cheap to wake. Null if there is none. */
        @Nullable
        Thread virtualAwaiter();

        /** Tasks that hold a slot. For a moment too few, while one is given out of the backlog: its launch looks once more. */
        int slotsHeld();

        /** Whether the slot that is freed next is given to a task of this group that waits for it. */
        boolean isTaskWaiting();

        /** Whether an idle worker may wait for another task. */
        boolean mayBringMore();

        /** The last task that waited for a worker was taken. */
        void queueDrained();
    }

    private final Group group;

    private final ThreadFactory factory;

    /** Starts a thread of a user's factory; null for one of ours. */
    private final @Nullable Consumer<Thread> starter;

    /** What looks after the threads, where a user's factory makes them. */
    private final @Nullable Watch watch;

    private final RunQueue queue = new RunQueue();

    /** Whether one is committed, and which kind: {@link #NOBODY}, {@link #WORKER} or {@link #AWAITER}. */
    private volatile int committed;

    /** Workers that were started and are not about to end. Atomic adds, by the thread that starts one and by the worker itself. */
    private volatile int alive;

    /** Idle workers, longest idle first; null on virtual threads. Written by the thread that starts the first worker. */
    private volatile @Nullable Queue<Worker> lingering;

    /**
     * For whom a worker was committed that has not been started yet: the task that is launched, or the worker's thread that
     * looks. Written by the thread that commits, and taken back by it by CAS; read by the thread that
     * {@linkplain #recover recovers} what it left half done.
     */
    private volatile @Nullable Object committer;

    /** Whether its stack was full then, with that worker counted in {@link #alive}. Written and read as {@link #committer}. */
    private boolean overflowed;

    /** Workers started so far; the next one's place among the live tasks. Written by the thread that commits it. */
    private int started;

    /** With threads of ours. */
    Workers(Group group, ThreadFactory factory) {
        this.group = group;
        this.factory = factory;
        this.starter = null;
        this.watch = null;
    }

    /** With threads of a user's factory. */
    Workers(Group group, LentThreads lent) {
        this.group = group;
        this.factory = lent;
        this.starter = lent::start;
        this.watch = lent;
    }

    /**
     * Gives a task to a worker: the first task to the first worker, each other one to the worker that takes it out of the
     * queue soonest.
     */
    @Override
    public @Nullable Throwable launch(TaskRun<?> task, boolean mayWait) {
        if (started == 0 && tryCommit(task)) {
            if (started == 0) {
                return startFirst(task);
            }
            forgetCommitter(task);
            committed = NOBODY; // another caller was first
        }
        boolean queued = false;
        task.place |= TaskRun.QUEUED;
        try {
            queue.add(task); // fault: submitted-task-is-queued
            queued = true;
            ensureCommitted(task); // fault: submitter-looks
        } catch (Throwable e) {
            if (!queued) {
                task.place &= ~TaskRun.QUEUED; // to be put there is the last step that can throw
                throw e;
            }
            if (e instanceof StackOverflowError) {
                throw e; // there may be no room here; the caller has it noted, and recovers
            }
            TaskRun<?> oldest = queue.poll(); // only the thread that takes a task out of the queue may end it
            if (oldest != null) { // survivor: submission-that-throws
                end(oldest, e);
            }
        }
        return null;
    }

    /** Starts the first worker with its task in hand, committed. Returns why it could not. */
    private @Nullable Throwable startFirst(TaskRun<?> task) {
        Throwable failure;
        ALIVE.getAndAdd(this, 1);
        try {
            Worker worker = new Worker(started++, task);
            Thread thread = factory.newThread(worker);
            lingering = VirtualThreads.isVirtual(thread) ? null : new ConcurrentLinkedQueue<>();
            failure = task.startIn(thread, worker, worker.wanted, starter);
            if (failure == null) {
                forgetCommitter(task);
                return null;
            }
            worker.leaveSeat();
        } catch (StackOverflowError e) {
            overflowed = true; // there may be no room here; the caller has it noted, and recovers
            throw e;
        } catch (Throwable e) {
            failure = task.retire() ? e : null;
        }
        ALIVE.getAndAdd(this, -1);
        forgetCommitter(task);
        committed = NOBODY;
        ensureCommitted(task);
        return failure;
    }

    @Override
    public boolean isQueued(TaskRun<?> task) {
        return (task.place & TaskRun.QUEUED) != 0;
    }

    @Override
    public void recover(TaskRun<?> task, boolean hasRoom) {
        giveUpCommitment(task);
        if (hasRoom) {
            ensureCommittedWithRoom();
        } else {
            ensureCommitted(task);
        }
    }

    /** A worker runs its tasks itself. */
    @Override
    public void run(TaskRun<?> task) {
        throw new IllegalStateException(task.describe() + " is run by a worker, which takes it out of the queue");
    }

    @Override
    public boolean isForAnyCaller() {
        return true;
    }

    /** As the first worker's thread was a platform thread; false before there is one. */
    @Override
    public boolean isSlowToWake() {
        return lingering != null;
    }

    @Override
    public boolean isDrained() {
        return queue.isEmpty();
    }

    @Override
    public void forEachQueued(Consumer<TaskRun<?>> visitor) {
        queue.forEach(visitor);
    }

    @Override
    public void groupCancelled() {
        for (TaskRun<?> task = queue.poll(); task != null; task = queue.poll()) { // fault: skipped-tasks-are-taken-out
            end(task, null); // fault: skipped-task-ends
        }
        endLingering();
    }

    @Override
    public @Nullable Watch watch(TaskGroup waitedFor, @Nullable TaskRun<?> waiter) {
        return watch;
    }

    private static void end(TaskRun<?> task, @Nullable Throwable failure) {
        if (task.retire()) {
            task.group.endUnstarted(task, failure);
        }
    }

    /** Sees to it that some worker takes what is queued. */
    private void ensureCommitted(Object self) {
        while (committed == NOBODY && isWorkerWanted() && tryCommit(self)) {
            if (!isWorkerWanted()) { // survivor: worker-found-before-another-starts
                forgetCommitter(self);
                committed = NOBODY; // a worker took the task before this thread was committed; then looked at once more
                continue;
            }
            Throwable failure = commitAnother(self);
            if (failure == null) {
                return;
            }
            TaskRun<?> task = queue.poll();
            forgetCommitter(self);
            committed = NOBODY;
            if (task != null) {
                end(task, failure);
            }
        }
    }

    /** Whether a task is queued that a lingering worker is to be woken for, or a new one started. */
    private boolean isWorkerWanted() {
        if (queue.isEmpty()) {
            return false;
        }
        Queue<Worker> idle = lingering;
        int held = group.slotsHeld(); // first: a worker that may be held up lowers alive before it frees its slot
        return (idle != null && !idle.isEmpty()) || alive < held; // fault: another-worker-is-wanted
    }

    /** As {@link #ensureCommitted}, in a thread whose stack is not full; but a user's factory may throw what it likes. */
    private void ensureCommittedWithRoom() {
        Thread self = Thread.currentThread();
        boolean done = false;
        while (!done) {
            try {
                ensureCommitted(self);
                done = true;
            } catch (StackOverflowError e) {
                giveUpCommitment(self);
                TaskRun<?> task = queue.poll();
                if (task != null) {
                    end(task, e);
                }
            }
        }
    }

    /** The task or worker for which a worker was committed, but could not be started, gives that commitment up. */
    private void giveUpCommitment(Object who) {
        if (committer == who && committed == WORKER) {
            if (overflowed) {
                overflowed = false;
                ALIVE.getAndAdd(this, -1);
            }
            committer = null;
            committed = NOBODY;
        }
    }

    private boolean tryCommit(Object self) {
        if (!COMMITTED.compareAndSet(this, NOBODY, WORKER)) {
            return false;
        }
        committer = self;
        return true;
    }

    /**
     * The worker is started, or is not to be. It may have been committed no longer before this, and another have committed the
     * next: hence by CAS. A task that failed is not to be kept.
     */
    private void forgetCommitter(Object self) {
        COMMITTER.compareAndSet(this, self, null);
    }

    /** Passes a worker's commitment to a virtual thread that waits for the group. Returns false if there is none. */
    private boolean commitAwaiter() {
        if (group.virtualAwaiter() == null) {
            return false;
        }
        committed = AWAITER; // fault: awaiter-is-committed
        Thread awaiter = group.virtualAwaiter(); // fault: committer-looks
        if (awaiter != null) {
            LockSupport.unpark(awaiter);
            return true;
        }
        return !COMMITTED.compareAndSet(this, AWAITER, WORKER); // else it took it over as it left
    }

    /** The awaiter may be committed. */
    @Override
    public void look() {
        if (committed == AWAITER && COMMITTED.compareAndSet(this, AWAITER, NOBODY)) {
            ensureCommittedWithRoom();
        }
    }

    @Override
    public void endIdle() {
        if (!group.mayBringMore()) {
            endLingering();
        }
    }

    /** Each lingering worker is to look whether it still may. */
    private void endLingering() {
        Queue<Worker> idle = lingering;
        if (idle != null) {
            idle.forEach(worker -> LockSupport.unpark(worker.idleThread));
        }
    }

    /** Passes the commitment to a lingering worker, else to a new one. Returns why it could not. */
    private @Nullable Throwable commitAnother(Object self) {
        Queue<Worker> idle = lingering;
        Worker woken = idle == null ? null : idle.poll();
        if (woken != null) {
            committer = null;
            woken.isWoken = true;
            LockSupport.unpark(woken.idleThread);
            return null;
        }
        ALIVE.getAndAdd(this, 1);
        try {
            Thread thread = factory.newThread(new Worker(started++, null));
            if (starter == null) {
                thread.start();
            } else {
                starter.accept(thread);
            }
            forgetCommitter(self);
            return null;
        } catch (StackOverflowError e) {
            overflowed = true; // there may be no room here; the caller has it noted, and recovers
            throw e;
        } catch (Throwable e) {
            ALIVE.getAndAdd(this, -1);
            return e;
        }
    }

    private final class Worker implements Runnable, TaskHolder, Host, LiveTasks.Seat {
        /** What it runs. Written by the worker's thread or before its start, read by cancellers and snapshots. */
        private volatile @Nullable TaskRun<?> current;

        /**
         * Whether it was taken out of {@link #lingering}, committed. Written by the thread that took it out, then by the
         * worker.
         */
        private volatile boolean isWoken;

        /** Written by the worker before it enters {@link #lingering}. */
        private @Nullable Thread idleThread;

        // What follows is the worker's thread's own.

        private boolean isCommitted = true;

        /** Whether it is counted in {@link #alive}. */
        private boolean isCounted = true;

        private final int wanted;

        private int seat;

        private LiveTasks.Seat[] row = NO_SEAT;

        private String name = "";

        private @Nullable ClassLoader classLoader;

        private Thread.@Nullable UncaughtExceptionHandler handler;

        Worker(int wanted, @Nullable TaskRun<?> first) {
            this.wanted = wanted;
            CURRENT.set(this, first);
        }

        @Override
        public void run() {
            TaskRun<?> first = current;
            if (first != null && first.isPending()) {
                return; // a thread factory runs it too early
            }
            try {
                try {
                    work(Thread.currentThread(), first);
                } finally {
                    leaveSeat();
                    stopLooking();
                }
            } catch (Throwable fault) {
                Log.uncaught(fault);
            }
        }

        private void work(Thread thread, @Nullable TaskRun<?> first) {
            TaskRun<?> task = first != null ? null : queue.poll();
            if (first == null && task == null && !findMore()) {
                return;
            }
            TaskHolder hidden;
            try {
                name = thread.getName();
                classLoader = thread.getContextClassLoader();
                handler = thread.getUncaughtExceptionHandler();
                if (first == null) {
                    group.seat(this, wanted);
                }
                hidden = CurrentTask.enter(thread, this);
            } catch (Throwable e) {
                giveUp(first, task, e);
                return;
            }
            try {
                if (first != null) {
                    perform(first);
                } else if (task != null) {
                    run(task, thread);
                }
                takeMore(thread);
            } finally {
                CurrentTask.leave(thread, this, hidden);
            }
        }

        /** A method of its own for the same reason as {@link #performed}. */
        private void takeMore(Thread thread) {
            for (TaskRun<?> task = queue.poll(); task != null || findMore(); task = queue.poll()) {
                if (task != null) {
                    run(task, thread);
                }
            }
        }

        void leaveSeat() {
            if (row.length > 0) {
                LiveTasks.remove(row, seat, this);
                row = NO_SEAT;
            }
        }

        /** It does not look at the queue now. Then somebody else has to, if it was told to, or counted upon. */
        private void stopLooking() {
            discount(); // fault: ended-worker-is-discounted
            if (isCommitted) {
                isCommitted = false;
                committed = NOBODY;
            }
            ensureCommittedWithRoom(); // fault: ended-worker-looks-again
        }

        private void count() {
            if (!isCounted) {
                isCounted = true;
                ALIVE.getAndAdd(Workers.this, 1);
            }
        }

        private void discount() {
            if (isCounted) {
                isCounted = false;
                ALIVE.getAndAdd(Workers.this, -1);
            }
        }

        /**
         * Without a seat nobody could cancel what it runs, nor would it know its task: no memory for it, no task. Nor where
         * the thread, of a user's class, does not tell what is to be reset after a task.
         */
        private void giveUp(@Nullable TaskRun<?> first, @Nullable TaskRun<?> task, Throwable failure) {
            leaveSeat();
            if (first != null) {
                first.fail(failure, this);
            } else if (task != null) {
                end(task, failure);
            }
        }

        private void run(TaskRun<?> task, Thread thread) {
            task.activate(thread);
            current = task; // fault: worker-shows-its-task
            perform(task);
        }

        private void perform(TaskRun<?> task) {
            passCommitment();
            task.perform(this);
            performed();
        }

        /**
         * A method of its own: had a million tasks blocked before one ended, this would be compiled into the method that lies
         * below them before it ever ran, as a way back to the interpreter, and each of them would take it.
         */
        private void performed() {
            count();
            CURRENT.setRelease(this, null);
        }

        /** Before it runs a task: if there is more, another worker is committed; if not, a blocked caller may enter. */
        private void passCommitment() {
            boolean more = !queue.isEmpty();
            if (isCommitted) {
                isCommitted = false;
                if (more && ((started == 1 && commitAwaiter()) || (isWorkerWanted() && passCommitmentOn()))) {
                    return;
                }
                committed = NOBODY; // fault: busy-worker-gives-up
            }
            ensureCommittedWithRoom(); // fault: busy-worker-looks-again
            if (!more) {
                group.queueDrained(); // fault: emptied-queue-is-told
            }
        }

        /** Commits another worker in the place of this one. Returns whether it could. */
        private boolean passCommitmentOn() {
            Thread self = Thread.currentThread();
            committer = self;
            try {
                return commitAnother(self) == null;
            } catch (StackOverflowError e) { // of a user's factory
                giveUpCommitment(self);
                return false;
            }
        }

        /** The queue was empty. Whether to look again, else this worker ends. */
        private boolean findMore() {
            if (isCommitted) {
                isCommitted = false;
                committed = NOBODY;
            }
            group.queueDrained();
            Queue<Worker> idle = lingering;
            return idle != null && group.mayBringMore() && linger(idle);
        }

        /** Waits a moment for another task. Returns whether it is committed to look for one. */
        private boolean linger(Queue<Worker> idle) {
            idleThread = Thread.currentThread();
            idle.add(this); // fault: lingering-worker-is-seen
            if (!queue.isEmpty() && tryCommit(Thread.currentThread())) { // fault: lingering-worker-looks
                idle.remove(this); // nobody else is committed, so it is there
                isCommitted = true;
                return true;
            }
            long start = System.nanoTime();
            long left = lingerNanos;
            while (!isWoken && left > 0 && group.mayBringMore()) {
                LockSupport.parkNanos(Workers.this, left);
                Thread.interrupted(); // of no task: the next one is not to find it
                left = lingerNanos - (System.nanoTime() - start);
            }
            if (!isWoken && idle.remove(this)) {
                return false;
            }
            while (!isWoken) {
                Thread.onSpinWait(); // the thread that took it out is about to say so
            }
            isWoken = false;
            isCommitted = true;
            return true;
        }

        /** What the next task of the group must not find. */
        @Override
        public void taskEnds(TaskRun<?> task, boolean interrupted) {
            if (group.isTaskWaiting() && tryCommit(Thread.currentThread())) {
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

        /** It is about to launch another group's task, which may run here. */
        @Override
        public void isHeldUp() {
            stopLooking();
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
