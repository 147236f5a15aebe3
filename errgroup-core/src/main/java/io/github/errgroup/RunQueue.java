package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a worker, first in, first out; linked through the tasks themselves, so that queueing allocates
 * nothing. Tasks are pushed on a stack by CAS; the thread that takes one holds a token, and when it has run out of
 * turned-round tasks takes the whole stack and turns it round.
 *
 * <p>While there are turned-round tasks, no thread that takes one reads or writes what the threads that push write, nor its
 * cache line.
 *
 * <p>The token is held for a few instructions, or one per task turned round, and never while user code runs; a thread that finds it
 * taken spins and yields. A task that is taken is unlinked, so that no dead task keeps a younger one alive. Measured
 * against {@code ConcurrentLinkedQueue}: {@code docs/adr/0002-hot-path.md}.
 */
final class RunQueue extends PushedTasks.Apart {
    private static final VarHandle PUSHED;

    private static final VarHandle TURNED;

    private static final VarHandle TOKEN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PUSHED = lookup.findVarHandle(PushedTasks.class, "pushed", TaskRun.class);
            TURNED = lookup.findVarHandle(RunQueue.class, "turned", TaskRun.class);
            TOKEN = lookup.findVarHandle(RunQueue.class, "token", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The oldest task, of those turned round. Written with the token, read by anyone. */
    private volatile @Nullable TaskRun<?> turned;

    /** 1 while a thread takes a task. */
    @SuppressWarnings("unused")
    private volatile int token;

    void add(TaskRun<?> task) {
        TaskRun<?> head;
        do {
            head = pushed;
            task.next(head);
        } while (!PUSHED.compareAndSet(this, head, task));
    }

    /** Takes the oldest task, or null. */
    @Nullable
    TaskRun<?> poll() {
        if (isEmpty()) {
            return null;
        }
        for (int spins = 0; !TOKEN.weakCompareAndSetAcquire(this, 0, 1); spins++) { // fault: taker-has-the-token
            if (spins > 32) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
        try {
            TaskRun<?> first = turned;
            if (first == null) {
                first = turnRound((TaskRun<?>) PUSHED.getAndSet(this, null));
            }
            if (first != null) {
                TURNED.setOpaque(this, first.next());
                first.next(null);
            }
            return first;
        } finally {
            TOKEN.setRelease(this, 0);
        }
    }

    private static @Nullable TaskRun<?> turnRound(@Nullable TaskRun<?> newest) {
        TaskRun<?> older = newest;
        TaskRun<?> first = null;
        while (older != null) {
            TaskRun<?> next = older.next();
            older.next(first);
            first = older;
            older = next;
        }
        return first;
    }

    /**
     * Whether there is nothing to take. While another thread turns tasks round it may say so too early: that thread looks
     * again when it is done.
     */
    boolean isEmpty() {
        return turned == null
                && pushed == null
                && turned == null; // what was pushed may have been turned round in between
    }

    /** Visits what waits, as far as it can be seen while others take it. */
    void forEach(Consumer<TaskRun<?>> visitor) {
        for (TaskRun<?> task = turned; task != null; task = task.next()) {
            visitor.accept(task);
        }
        for (TaskRun<?> task = pushed; task != null; task = task.next()) {
            visitor.accept(task);
        }
    }
}
