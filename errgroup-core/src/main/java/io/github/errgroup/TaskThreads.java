package io.github.errgroup;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * Where the tasks of a group run: on threads of the group's own, or on an executor that was handed in. Instances are
 * immutable, thread-safe and may serve many groups. Two are equal if their groups' threads are of the same kind, with the same
 * name prefix, factory or executor.
 */
public abstract sealed class TaskThreads permits OwnThreads, ExternalExecutor {
    /** What names of our own threads begin with unless told otherwise. */
    static final String DEFAULT_NAME_PREFIX = "errgroup-";

    TaskThreads() {}

    /**
     * What gives the tasks of a group their threads.
     *
     * @param reuse whether a thread may take several tasks, one after another
     */
    abstract Launcher launcher(Workers.Group group, boolean reuse);

    /**
     * A virtual thread per task where the JVM has them (21 and up), else a daemon platform thread per task.
     *
     * @return the default of every group
     */
    public static TaskThreads automatic() {
        return OwnThreads.AUTOMATIC;
    }

    /**
     * Virtual threads, named after prefix and group.
     *
     * @param namePrefix what their names begin with; may be empty
     * @return threads of the group's own
     * @throws UnsupportedOperationException on a JVM without virtual threads (below 21)
     */
    public static TaskThreads virtual(String namePrefix) {
        return OwnThreads.ofVirtual(Objects.requireNonNull(namePrefix, "namePrefix"));
    }

    /**
     * Daemon platform threads, named after prefix, group and a running number.
     *
     * @param namePrefix what their names begin with; may be empty
     * @return threads of the group's own
     */
    public static TaskThreads platform(String namePrefix) {
        return OwnThreads.ofPlatform(Objects.requireNonNull(namePrefix, "namePrefix"));
    }

    /**
     * Threads made by a factory; each runs this group's tasks and ends. If the factory throws, or returns null or a thread
     * that was started already, the task is FAILED, with what the factory threw or an {@code IllegalStateException}: a
     * failure as any other, which cancels a group that cancels on error.
     *
     * <p>A thread that ends without running what it was given, or whose {@code start()} starts nothing, is replaced by a
     * compensating thread. A thread that waits for the group starts that one, when the starvation timeout has passed.
     *
     * @param factory makes unstarted threads
     * @return threads of the group's own
     */
    public static TaskThreads from(ThreadFactory factory) {
        return OwnThreads.ofFactory(Objects.requireNonNull(factory, "factory"));
    }

    /**
     * An executor that is handed in, and still belongs to its owner. It gets one {@code execute} per task, and is never shut
     * down. If it rejects a task, the task is FAILED; if it is starved or drops a task, a compensating thread runs
     * it, so that no group waits for ever.
     *
     * <p>A limit may be exactly as large as the room that the executor has (threads and queue). The executor may then reject
     * a task for a moment, though a slot is free: because the thread that freed the slot is not back at its queue yet, or
     * because the command of a task that was skipped, or that a compensating thread ran, still takes room in its queue. Such
     * a task is handed over again, which may hold up {@code go} or {@code tryGo} for at most half a second. If the executor
     * is shut down, or all its threads are in tasks, its rejection counts at once. None of this can be promised of an
     * executor that others fill too.
     *
     * <p>What compensation cannot do. It runs only tasks that the executor accepted and has not started, of groups that a
     * thread waits for in {@code await}, {@code close} or {@code go}. If a task waits for another in a different way, by a
     * latch or a future, compensation begins only when nothing of ours has started or ended there for the
     * {@link ErrGroupOptions.Builder#starvationTimeout(java.time.Duration) starvation timeout}. It cannot free a thread that
     * a running task blocks. Compensated tasks run on daemon platform threads with the task's captured context, but
     * without what the executor's own threads bring, as their names or thread-locals.
     *
     * @param executor the executor; one that runs in the caller is allowed
     * @return the executor as a place for tasks
     */
    public static TaskThreads on(Executor executor) {
        return ExternalExecutor.of(Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Whether this JVM has virtual threads.
     *
     * @return true from Java 21
     */
    public static boolean virtualThreadsSupported() {
        return VirtualThreads.SUPPORTED;
    }
}
