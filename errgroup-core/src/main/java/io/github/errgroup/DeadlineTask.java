package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A task with a deadline of its own (N10). It is WAITING until its thread starts it, and RUNNING until the deadline has PASSED
 * or the body has ENDED, whichever is first.
 */
final class DeadlineTask<T extends @Nullable Object> extends TaskRun<T> {
    private static final int WAITING = 0;

    private static final int RUNNING = 1;

    private static final int PASSED = 2;

    private static final int ENDED = 3;

    private static final VarHandle DEADLINE;

    static {
        try {
            DEADLINE = MethodHandles.lookup().findVarHandle(DeadlineTask.class, "deadline", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** In the group's clock. Published by {@link #deadline}. */
    private long startNanos;

    /** By the thread that runs the task, and by the timer, which says that it has PASSED. */
    private volatile int deadline = WAITING;

    /** Interrupts after that of the deadline. Written by the thread that delivers one, which one at a time does. */
    private volatile int laterInterrupts;

    DeadlineTask(TaskGroup group, @Nullable String name, Object body) {
        super(group, name, body);
    }

    @Override
    boolean hasDeadline() {
        return true;
    }

    /** Its own thread starts it. A full fence: what is read after it, is read after it can be seen here. */
    void startDeadline(long nanos) {
        startNanos = nanos;
        deadline = RUNNING;
    }

    boolean isDeadlineRunning() {
        return deadline == RUNNING;
    }

    /** When it was started. Called after it was seen to be running. */
    long startNanos() {
        return startNanos;
    }

    /** The time is up. Returns false if the body has ended before. */
    boolean passDeadline() {
        return DEADLINE.compareAndSet(this, RUNNING, PASSED);
    }

    @Override
    boolean endDeadline() {
        return !DEADLINE.compareAndSet(this, RUNNING, ENDED) && deadline == PASSED;
    }

    @Override
    boolean hasTimedOut() {
        return deadline == PASSED;
    }

    @Override
    void countLaterInterrupt() {
        laterInterrupts++;
    }

    @Override
    int laterInterrupts() {
        return laterInterrupts;
    }
}
