package io.github.errgroup;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An executor that was handed in: one {@code execute} per task, and what it takes to be safe on a pool that may be
 * starved, reject, drop, or run in the caller. All groups on one executor share one of these.
 */
final class HandedInExecutor extends TaskThreads {
    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Guarded by {@link #LOCK}. The values hold their keys, hence weak on both sides. */
    private static final Map<Executor, WeakReference<HandedInExecutor>> KNOWN = new WeakHashMap<>();

    private final Executor executor;

    private final Compensation compensation = new Compensation(this);

    /** When a task of ours last started or ended here, in nanoTime. Written by their threads, read by waiters. */
    private volatile long progressNanos = System.nanoTime();

    private HandedInExecutor(Executor executor) {
        this.executor = executor;
    }

    static HandedInExecutor of(Executor executor) {
        LOCK.lock();
        try {
            WeakReference<HandedInExecutor> known = KNOWN.get(executor);
            HandedInExecutor found = known == null ? null : known.get();
            if (found == null || found.executor != executor) {
                found = new HandedInExecutor(executor);
                KNOWN.put(executor, new WeakReference<>(found));
            }
            return found;
        } finally {
            LOCK.unlock();
        }
    }

    Compensation compensation() {
        return compensation;
    }

    long progressNanos() {
        return progressNanos;
    }

    /** Hands a task to the executor. What it throws comes through. */
    void launch(TaskRun<?> task) {
        TaskExtras rare = task.extras();
        rare.launcher = Thread.currentThread();
        try {
            executor.execute(task);
        } finally {
            rare.launcher = null;
        }
        compensation.launched(task.engine);
    }

    /** The executor runs a task. */
    void run(TaskRun<?> task) {
        Thread thread = Thread.currentThread();
        boolean callerRuns = task.extras().launcher == thread;
        if (!task.claim(thread)) {
            return;
        }
        // A flag that the caller brought is the caller's: hidden from the task, and restored after it (J1).
        boolean callersFlag = callerRuns && Thread.interrupted();
        TaskRun<?> outer = callerRuns ? CurrentTask.get() : null;
        boolean outerKnew = outer == null || outer.wasInterrupted();
        try {
            host(task, thread, callerRuns ? Host.CALLERS_THREAD : Host.POOL_THREAD);
        } finally {
            // An interrupt meant for the task around this one may have gone with this one's.
            if (callersFlag || (!outerKnew && outer != null && outer.isInterrupted())) {
                thread.interrupt();
            }
        }
    }

    /** Runs a claimed task in this thread, which is not one of our own thread-per-task ones. */
    void host(TaskRun<?> task, Thread thread, Host host) {
        progressNanos = System.nanoTime();
        task.extras().outer = CurrentTask.get();
        TaskRun<?> hidden = CurrentTask.enter(thread, task);
        try {
            task.perform(host);
        } finally {
            CurrentTask.leave(thread, hidden);
            progressNanos = System.nanoTime();
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
