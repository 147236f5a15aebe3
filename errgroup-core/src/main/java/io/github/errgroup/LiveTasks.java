package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a group that were launched and have not ended: whom to cancel, whom to show.
 *
 * <p>Rows of seats, each row twice as long as the one before. A task takes a free seat near the one that its index names,
 * usually at the first try, since indexes run; it leaves with one plain write. Rows are never copied, so nobody waits for
 * anybody. An ended task is forgotten at once (J14); rows are kept until the group goes, in proportion to the most tasks
 * that were ever live. Arrays rather than a list of tasks: a long list makes the garbage collector walk it alone, and
 * drags dead links into the old generation.
 *
 * <p>Invariant: a task that runs is in exactly one seat, its own or its worker's, from before it reads the cancellation.
 */
final class LiveTasks {
    /** What sits there: a task with a thread of its own, or a worker, which runs one task after another. */
    interface Seat {
        /** The task that runs there, or null. */
        @Nullable
        TaskRun<?> occupant();

        /** Told where it is about to sit: so many places after the one it asked for. */
        void seat(Seat[] row, int offset);
    }

    private static final VarHandle SEAT = MethodHandles.arrayElementVarHandle(Seat[].class);

    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(LiveTasks.class, "newest", Seat[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** In place 0 of a row: the row before it. */
    private static final class Older implements Seat {
        private final Seat[] row;

        Older(Seat[] row) {
            this.row = row;
        }

        @Override
        public @Nullable TaskRun<?> occupant() {
            return null;
        }

        @Override
        public void seat(Seat[] at, int offset) {
            throw new UnsupportedOperationException();
        }
    }

    private static final int FIRST_SIZE = 4;

    private static final int LARGEST_SIZE = 1 << 20;

    /** A row counts as full when so many seats in succession are taken. */
    private static final int PROBES = 8;

    /** Where new tasks go; its length is a power of two and one, for the link. Written by the thread that finds it full. */
    private volatile Seat[] newest = new Seat[FIRST_SIZE + 1];

    /** Seats a task or a worker. A full fence: what is read after it, is read after it can be seen here. */
    void add(Seat who, int wanted) {
        for (; ; ) {
            Seat[] row = newest;
            if (take(row, wanted, who)) {
                return;
            }
            grow(row);
        }
    }

    private static boolean take(Seat[] row, int wanted, Seat who) {
        int mask = row.length - 2;
        for (int offset = 0; offset < PROBES && offset <= mask; offset++) {
            int at = 1 + ((wanted + offset) & mask);
            if (SEAT.getAcquire(row, at) == null) {
                // Before: once it can be seen there, another thread may end it.
                who.seat(row, offset); // fault: seat-is-known
                if (SEAT.compareAndSet(row, at, null, who)) { // fault: seat-is-taken
                    return true;
                }
            }
        }
        return false;
    }

    private void grow(Seat[] row) {
        Seat[] next = new Seat[1 + Math.min((row.length - 1) * 2, LARGEST_SIZE)];
        next[0] = new Older(row);
        NEWEST.compareAndSet(this, row, next); // fault: row-is-added
    }

    /**
     * A task or worker leaves the seat that it was told. Has no effect if another one sits there: a seat is told before it
     * is taken, and the attempt to take it may have failed.
     */
    static void remove(Seat[] row, int wanted, Seat who) {
        int at = 1 + (wanted & (row.length - 2));
        if (SEAT.get(row, at) == who) {
            SEAT.setRelease(row, at, null);
        }
    }

    /** Visits every task that runs from before this call until it is visited. */
    void forEach(Consumer<TaskRun<?>> visitor) {
        for (Seat[] row = newest; row != null; row = older(row)) {
            for (int at = 1; at < row.length; at++) {
                Seat seat = (Seat) SEAT.getVolatile(row, at);
                TaskRun<?> task = seat == null ? null : seat.occupant();
                if (task != null) {
                    visitor.accept(task);
                }
            }
        }
    }

    /** A task that no thread has taken yet, or null. */
    @Nullable
    TaskRun<?> findReady() {
        for (Seat[] row = newest; row != null; row = older(row)) {
            for (int at = 1; at < row.length; at++) {
                Seat seat = (Seat) SEAT.getVolatile(row, at);
                TaskRun<?> task = seat == null ? null : seat.occupant();
                if (task != null && task.isPending()) {
                    return task;
                }
            }
        }
        return null;
    }

    private static Seat @Nullable [] older(Seat[] row) {
        return row[0] instanceof Older link ? link.row : null;
    }
}
