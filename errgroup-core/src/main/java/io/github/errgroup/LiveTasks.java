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
 * drags dead links into the old generation. The group holds the newest row itself: an object around it would cost each
 * group 16 bytes.
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

    /** In the last place of a row: the row before it. The first row has none, and so an even length. */
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

    private LiveTasks() {}

    /** The row that a group begins with. */
    static Seat[] firstRow() {
        return new Seat[FIRST_SIZE];
    }

    /** How many seats a row has: a power of two. */
    private static int size(Seat[] row) {
        return row.length & -2;
    }

    /**
     * Seats a task or a worker. A full fence: what is read after it, is read after it can be seen here.
     *
     * @return whether there was a seat; if not, a {@link #longer} row is needed
     */
    static boolean take(Seat[] row, int wanted, Seat who) {
        int mask = size(row) - 1;
        for (int offset = 0; offset < PROBES && offset <= mask; offset++) {
            int at = (wanted + offset) & mask;
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

    /** The row after one that is full. */
    static Seat[] longer(Seat[] row) {
        int size = Math.min(size(row) * 2, LARGEST_SIZE);
        Seat[] next = new Seat[size + 1];
        next[size] = new Older(row);
        return next;
    }

    /**
     * A task or worker leaves the seat that it was told. Has no effect if another one sits there: a seat is told before it
     * is taken, and the attempt to take it may have failed.
     */
    static void remove(Seat[] row, int wanted, Seat who) {
        int at = wanted & (size(row) - 1);
        if (SEAT.get(row, at) == who) {
            SEAT.setRelease(row, at, null);
        }
    }

    /**
     * Visits every task that runs from before this call until it is visited.
     *
     * @param newest the group's newest row
     */
    static void forEach(Seat[] newest, Consumer<TaskRun<?>> visitor) {
        for (Seat[] row = newest; row != null; row = older(row)) {
            for (int at = 0; at < size(row); at++) {
                Seat seat = (Seat) SEAT.getVolatile(row, at);
                TaskRun<?> task = seat == null ? null : seat.occupant();
                if (task != null) {
                    visitor.accept(task);
                }
            }
        }
    }

    /** A task that no thread has taken yet, or null. */
    static @Nullable TaskRun<?> findReady(Seat[] newest) {
        for (Seat[] row = newest; row != null; row = older(row)) {
            for (int at = 0; at < size(row); at++) {
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
        return row.length > size(row) ? ((Older) row[size(row)]).row : null;
    }
}
