package io.github.errgroup;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
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

    /**
     * Threads that are inside {@code execute}, and have run the task there that they handed over: some executors run others there
     * as well, which had to wait for it.
     */
    private final Set<Thread> callers = ConcurrentHashMap.newKeySet();

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
            TaskExtras rare = task.extras();
            lastSteps.launched(rare); // before the task is seen, by others that look at this
            boolean open = task.group.seat(task, (int) task.index()); // fault: launched-task-is-seen
            if (!open) { // fault: launched-task-looks
                lastSteps.takeBack(rare);
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
        return task.retire() ? why : null; // last: the thread that retires a task ends it
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
                if (execute(task)) {
                    compensation.launched(task.group);
                }
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

    /** Returns false if the task was skipped or compensated before. */
    private boolean execute(TaskRun<?> task) {
        TaskExtras rare = task.extras();
        if (!lastSteps.handOver(rare)) {
            return false;
        }
        Thread thread = Thread.currentThread();
        boolean taken = false;
        rare.launcher = thread;
        try {
            executor.execute(task);
            taken = true;
        } finally {
            rare.launcher = null;
            if (!taken) {
                lastSteps.takeBack(rare);
            }
            if (rare.isAmongCallers) {
                rare.isAmongCallers = false;
                callers.remove(thread);
            }
        }
        return true;
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

    /** The executor may make a thread for it, which then has the class loader of the thread that opened the group, too. */
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
        TaskRun<?> outer = CurrentTask.get();
        if (isHandedOverBy(thread, task) || (outer != null && outer.group.launcher() == this)) {
            keepingItsFlag(thread, outer, () -> runElsewhere(task, thread, outer));
        } else if (outer != null || isCaller(thread)) {
            keepingItsFlag(thread, outer, () -> runAsItsThread(task, thread, outer));
        } else {
            runAsItsThread(task, thread, null);
        }
    }

    /** The caller runs the task; or the thread is in another one of ours, and helps with this one while that one waits. */
    private void runElsewhere(TaskRun<?> task, Thread thread, @Nullable TaskRun<?> outer) {
        if (task.claim(thread)) {
            hostElsewhere(task, thread, outer, Host.CALLERS_THREAD);
        } else {
            lastSteps.found(task.extras());
        }
    }

    private void runAsItsThread(TaskRun<?> task, Thread thread, @Nullable TaskRun<?> outer) {
        LastSteps.PoolThread pooled = lastSteps.current();
        pooled.begins();
        if (task.claim(thread)) {
            host(task, thread, outer, pooled);
        } else {
            lastSteps.found(task.extras(), pooled);
        }
        pooled.returns();
    }

    /** Whether the thread is inside {@code execute} for this task. */
    private boolean isHandedOverBy(Thread thread, TaskRun<?> task) {
        TaskExtras rare = task.extras();
        if (rare.launcher != thread) {
            return false;
        }
        if (callers.add(thread)) {
            rare.isAmongCallers = true; // stays so if the executor runs it twice
        }
        return true;
    }

    /** Whether the thread is inside {@code execute} for a task that it has run there. */
    private boolean isCaller(Thread thread) {
        return !callers.isEmpty() && callers.contains(thread);
    }

    /**
     * For a thread that was busy with something else, and goes on with that.
     *
     * @param outer the task in which the thread is already
     */
    private static void keepingItsFlag(Thread thread, @Nullable TaskRun<?> outer, Runnable run) {
        // An interrupt meant for the task around this one may go with this one's. Counted before the flag is looked at.
        int told = outer == null ? 0 : outer.deliveredInterrupts();
        // A flag that the thread brought is its own: hidden from the task, and restored after it (J1).
        boolean itsFlag = Thread.interrupted();
        try {
            run.run();
        } finally {
            if (itsFlag || (outer != null && outer.interrupts() > told)) {
                thread.interrupt();
            }
        }
    }

    /** A task that the executor may have. */
    @Override
    public void skipped(TaskRun<?> task) {
        TaskExtras rare = task.extrasIfAny();
        if (rare != null) { // else it was not launched
            lastSteps.abandon(rare);
        }
    }

    /** Runs a claimed task in a thread that is not the executor's own: that of the caller, or a compensating one. */
    void hostElsewhere(TaskRun<?> task, Thread thread, @Nullable TaskRun<?> outer, Host host) {
        movesOfOthers.incrementAndGet();
        try {
            host(task, thread, outer, host);
        } finally {
            movesOfOthers.incrementAndGet();
        }
    }

    private static void host(TaskRun<?> task, Thread thread, @Nullable TaskRun<?> outer, Host host) {
        TaskExtras rare = task.extras();
        rare.outer = outer;
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
