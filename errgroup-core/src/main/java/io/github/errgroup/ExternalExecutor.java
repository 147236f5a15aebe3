package io.github.errgroup;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An executor that was handed in, which stays its owner's: one {@code execute} per task, and what it takes to be safe on a pool that may be
 * starved, reject, drop, or run in the caller. All groups on one executor share one of these.
 */
final class ExternalExecutor extends TaskThreads implements Launcher {
    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Guarded by {@link #LOCK}. The values hold their keys, hence weak on both sides. */
    private static final Map<Executor, WeakReference<ExternalExecutor>> KNOWN = new WeakHashMap<>();

    private final Executor executor;

    private final Compensation compensation = new Compensation(this);

    final LastSteps lastSteps = new LastSteps();

    /** Tasks that a helper launches; it runs while {@link #helping}, which it gives up before it looks once more. */
    final Queue<TaskRun<?>> handedOn = new ConcurrentLinkedQueue<>();

    final AtomicBoolean helping = new AtomicBoolean();

    /** Changes where a thread that is not the executor's own starts or ends a task of ours. */
    private final AtomicLong movesOfOthers = new AtomicLong();

    private ExternalExecutor(Executor executor) {
        this.executor = executor;
    }

    static ExternalExecutor of(Executor executor) {
        LOCK.lock();
        try {
            WeakReference<ExternalExecutor> known = KNOWN.get(executor);
            ExternalExecutor found = known == null ? null : known.get();
            if (found == null || found.executor != executor) {
                found = new ExternalExecutor(executor);
                KNOWN.put(executor, new WeakReference<>(found));
            }
            return found;
        } finally {
            LOCK.unlock();
        }
    }

    /** One for all groups. */
    @Override
    Launcher launcher(Workers.Group group, boolean reuse) {
        return this;
    }

    @Override
    public Watch watch(TaskGroup group, @Nullable TaskRun<?> waiter) {
        return compensation.watch(group, waiter != null && waiter.group.launcher() == this);
    }

    /** Changes when a task of ours starts or ends here. */
    long moves() {
        return lastSteps.moves() + movesOfOthers.get();
    }

    @Override
    public @Nullable Throwable launch(TaskRun<?> task, boolean mayWait) {
        try {
            boolean open = task.group.seat(task, (int) task.index()); // fault: launched-task-is-seen
            if (!open) { // fault: launched-task-looks
                return task.retire() ? CANCELLED_MEANWHILE : null;
            }
            handOver(task, mayWait);
            return null;
        } catch (StackOverflowError e) {
            throw e; // there may be no room here to take it back; the caller has it noted
        } catch (Throwable e) {
            return retire(task, e);
        }
    }

    /** Returns why the task was not launched; null if it was taken before: by a compensating thread, or by the canceller. */
    private @Nullable Throwable retire(TaskRun<?> task, Throwable thrown) {
        Throwable why = thrown instanceof RejectedExecutionException
                ? new RejectedExecutionException(rejection(task, thrown), thrown)
                : thrown;
        return task.retire() ? why : null; // last: whoever retires a task ends it
    }

    /**
     * Hands a task to the executor. What it throws comes through, except a rejection while a thread of the executor may be
     * on its way back to take the task ({@link LastSteps}): then the task is handed over again a moment later, by this
     * thread, or by a helper if this thread may not wait, since it may be that very one.
     */
    private void handOver(TaskRun<?> task, boolean mayWait) {
        for (int pauses = 0; ; pauses++) {
            long moves = lastSteps.movesBeforeAttempt();
            try {
                execute(task);
                compensation.launched(task.group);
                return;
            } catch (RejectedExecutionException e) {
                if (pauses == LastSteps.MAX_PAUSES || !task.isPending() || !mayHaveRoomSoon(moves)) {
                    throw e;
                }
            }
            if (!mayWait) {
                handOn(task);
                return;
            }
            LastSteps.pause(pauses);
        }
    }

    private void execute(TaskRun<?> task) {
        TaskExtras rare = task.extras();
        rare.launcher = Thread.currentThread();
        try {
            executor.execute(task);
        } finally {
            rare.launcher = null;
        }
    }

    private boolean mayHaveRoomSoon(long movesBefore) {
        boolean isShutDown = executor instanceof ExecutorService service && service.isShutdown();
        return !isShutDown && lastSteps.makeRoom(movesBefore);
    }

    /** Leaves a task to a thread that may wait until the executor takes it. */
    void handOn(TaskRun<?> task) {
        handedOn.add(task);
        if (helping.compareAndSet(false, true)) {
            HelperThread.start("launch", this::launchHandedOn);
        }
    }

    void launchHandedOn() {
        do {
            for (TaskRun<?> task = handedOn.poll(); task != null; task = handedOn.poll()) {
                launchAgain(task);
            }
            helping.set(false); // fault: helper-gives-up
        } while (!handedOn.isEmpty() && helping.compareAndSet(false, true)); // fault: helper-looks-again
    }

    /** The executor may make a thread for it, which then has the class loader of who opened the group too. */
    private void launchAgain(TaskRun<?> task) {
        try {
            OpenersLoader.runWith(task.group.openersLoader(), () -> handOver(task, true));
        } catch (Throwable e) {
            Throwable failure = retire(task, e);
            if (failure != null) {
                task.group.endUnstarted(task, failure);
            }
        }
    }

    /** The executor runs a task. */
    @Override
    public void run(TaskRun<?> task) {
        Thread thread = Thread.currentThread();
        boolean callerRuns = task.extras().launcher == thread;
        if (callerRuns) {
            runInCaller(task, thread);
            return;
        }
        LastSteps.PoolThread pooled = lastSteps.current();
        if (task.claim(thread)) {
            pooled.begins();
            host(task, thread, pooled);
        } else {
            lastSteps.found();
        }
        pooled.returns();
    }

    /** A task that the executor may have. */
    @Override
    public void skipped() {
        commandIsLeft();
    }

    /** A task that the executor may have is not the executor's to run any more. */
    void commandIsLeft() {
        lastSteps.abandoned();
    }

    private void runInCaller(TaskRun<?> task, Thread thread) {
        if (!task.claim(thread)) {
            return;
        }
        // A flag that the caller brought is the caller's: hidden from the task, and restored after it (J1).
        boolean callersFlag = Thread.interrupted();
        TaskRun<?> outer = CurrentTask.get();
        boolean outerKnew = outer == null || outer.wasInterrupted();
        try {
            hostElsewhere(task, thread, Host.CALLERS_THREAD);
        } finally {
            // An interrupt meant for the task around this one may have gone with this one's.
            if (callersFlag || (!outerKnew && outer != null && outer.isInterrupted())) {
                thread.interrupt();
            }
        }
    }

    /** Runs a claimed task in a thread that is not the executor's own: who called it, or a compensating one. */
    void hostElsewhere(TaskRun<?> task, Thread thread, Host host) {
        movesOfOthers.incrementAndGet();
        try {
            host(task, thread, host);
        } finally {
            movesOfOthers.incrementAndGet();
        }
    }

    private static void host(TaskRun<?> task, Thread thread, Host host) {
        TaskExtras rare = task.extras();
        rare.outer = CurrentTask.get();
        rare.host = thread;
        try {
            CurrentTask.perform(task, thread, rare, host);
        } finally {
            rare.host = null;
        }
    }

    /** The message for a rejected task. */
    String rejection(TaskRun<?> task, Throwable thrown) {
        String reason = UserText.messageOf(thrown);
        return task.describe() + " was rejected by its executor " + this
                + "; give the executor room (queue, threads), lower the group's limit, or let the group use its own"
                + " threads" + (reason == null ? "" : ": " + reason);
    }

    @Override
    public String toString() {
        return UserText.of(executor);
    }
}
