package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a group that were launched and have not ended: whom to cancel, whom to show.
 *
 * <p>Segments of slots, each twice as long as the one before. A task claims a free slot near the place that its index
 * names, usually at the first try, since indexes run; it leaves with one plain write. Segments are never copied, so
 * nobody waits for anybody. An ended task is forgotten at once (J14); slots are kept until the group goes, in proportion
 * to the most tasks that were ever live.
 *
 * <p>Invariant: a task is in exactly one slot from before its launch until after its end.
 */
final class LiveTasks {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(TaskRun[].class);

    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(LiveTasks.class, "newest", Segment.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int FIRST_SIZE = 4;

    private static final int LARGEST_SIZE = 1 << 20;

    /** A full segment is recognised by this many taken slots in a row. */
    private static final int PROBES = 8;

    /** Where new tasks go. Written by whoever finds it full. */
    private volatile Segment newest = new Segment(FIRST_SIZE, null);

    private record Segment(TaskRun<?>[] slots, @Nullable Segment older) {
        Segment(int size, @Nullable Segment older) {
            this(new TaskRun<?>[size], older);
        }
    }

    /** Adds a task. A full fence: what is read after it, is read after the task can be seen here. */
    void add(TaskRun<?> task) {
        for (; ; ) {
            Segment segment = newest;
            TaskRun<?>[] slots = segment.slots;
            int mask = slots.length - 1;
            int at = (int) task.index() & mask;
            for (int probe = 0; probe < PROBES && probe <= mask; probe++) {
                if (SLOT.getAcquire(slots, at) == null && SLOT.compareAndSet(slots, at, null, task)) {
                    task.seat(slots, at);
                    return;
                }
                at = (at + 1) & mask;
            }
            int size = Math.min(slots.length * 2, LARGEST_SIZE);
            NEWEST.compareAndSet(this, segment, new Segment(size, segment));
        }
    }

    /** Forgets a task. */
    static void remove(TaskRun<?> @Nullable [] slots, int at) {
        if (slots != null) {
            SLOT.setRelease(slots, at, null);
        }
    }

    /** Visits every task that is there from before this call until it is visited. */
    void forEach(Consumer<TaskRun<?>> visitor) {
        for (Segment segment = newest; segment != null; segment = segment.older) {
            TaskRun<?>[] slots = segment.slots;
            for (int at = 0; at < slots.length; at++) {
                TaskRun<?> task = (TaskRun<?>) SLOT.getVolatile(slots, at);
                if (task != null) {
                    visitor.accept(task);
                }
            }
        }
    }

    /** A task that may run and that no thread has taken yet, or null. */
    @Nullable
    TaskRun<?> findReady() {
        for (Segment segment = newest; segment != null; segment = segment.older) {
            for (int at = 0; at < segment.slots.length; at++) {
                TaskRun<?> task = (TaskRun<?>) SLOT.getVolatile(segment.slots, at);
                if (task != null && task.isReady()) {
                    return task;
                }
            }
        }
        return null;
    }
}
