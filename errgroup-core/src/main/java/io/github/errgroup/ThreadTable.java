package io.github.errgroup;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Threads and what they are busy with. Rows of places, each row twice as long as the one before; a thread has one place in
 * each row, named by its id.
 *
 * <ol>
 *   <li>A thread takes the first of its places that is free, by CAS from null: another thread may have the same place. A
 *       new row is added where all are taken.
 *   <li>From then until it is null again, a place is written only by the thread that took it. So a thread finds its own
 *       entry by reading its places, one per row, and what others do meanwhile cannot hide it.
 *   <li>An entry is told from that of another thread by {@link TaskHolder#taskOn}, never by its place.
 *   <li>Rows stay: as many as it took for the most threads that ever ran tasks at once. Ids are spread, so that threads
 *       started one after another do not write to one cache line.
 * </ol>
 */
final class ThreadTable {
    private static final int FIRST_BITS = 8;

    private static final int LARGEST_BITS = 20;

    /** Multiplied with this, ids that follow each other are far apart, and fill a row evenly. */
    private static final int SPREAD = 0x9E3779B9;

    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(TaskHolder[].class);

    private static final VarHandle NEXT;

    /** {@code Thread.threadId()}; null before Java 19. */
    private static final @Nullable MethodHandle THREAD_ID = threadIdOrNull();

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Row.class, "next", Row.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Row first;

    private static final class Row {
        private final int bits;

        private final @Nullable TaskHolder[] places;

        /** Set by CAS by the thread that finds all its places taken, read by anyone. */
        private volatile @Nullable Row next;

        Row(int bits) {
            this.bits = bits;
            this.places = new TaskHolder[1 << bits];
        }

        int placeOf(int id) {
            return id * SPREAD >>> (Integer.SIZE - bits);
        }

        @Nullable
        TaskHolder at(int place) {
            return (TaskHolder) PLACE.getAcquire(places, place);
        }

        Row nextOrNew() {
            Row there = next;
            if (there != null) {
                return there;
            }
            Row made = new Row(Math.min(bits + 1, LARGEST_BITS));
            Row raced = (Row) NEXT.compareAndExchange(this, (Row) null, made); // fault: table-grows
            return raced == null ? made : raced;
        }
    }

    ThreadTable() {
        this(FIRST_BITS);
    }

    /** @param bits the length of the first row as a power of two, from 1 */
    ThreadTable(int bits) {
        this.first = new Row(bits);
    }

    /** The task that the calling thread runs, or null. */
    @Nullable
    TaskRun<?> find(Thread self) {
        int id = id(self);
        for (Row row = first; row != null; row = row.next) {
            TaskHolder holder = row.at(row.placeOf(id));
            TaskRun<?> task = holder == null ? null : holder.taskOn(self);
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    /** Enters the calling thread, in the place of what it was busy with before, which is returned; else in a free one. */
    @Nullable
    TaskHolder put(Thread self, TaskHolder holder) {
        int id = id(self);
        for (Row row = first; row != null; row = row.next) {
            int place = row.placeOf(id);
            TaskHolder before = row.at(place);
            if (before != null && before.taskOn(self) != null) {
                PLACE.setRelease(row.places, place, holder);
                return before;
            }
        }
        Row row = first;
        while (!PLACE.compareAndSet(row.places, row.placeOf(id), (TaskHolder) null, holder)) { // fault: place-is-taken
            row = row.nextOrNew();
        }
        return null;
    }

    /**
     * Puts something else, or nothing, in the place of what the calling thread was busy with. Were an entry above it not
     * taken out again (no stack), it goes with it.
     */
    void replace(Thread self, TaskHolder holder, @Nullable TaskHolder by) {
        int id = id(self);
        for (Row row = first; row != null; row = row.next) {
            int place = row.placeOf(id);
            if (row.at(place) == holder) {
                PLACE.setRelease(row.places, place, by);
                return;
            }
        }
        // Only now are others' entries asked: where many threads are busy, most places hold one, and each is a cache
        // miss.
        for (Row row = first; row != null; row = row.next) {
            int place = row.placeOf(id);
            TaskHolder there = row.at(place);
            if (there != null && there.taskOn(self) != null) {
                PLACE.setRelease(row.places, place, by);
                return;
            }
        }
    }

    /** How many places there are. */
    int places() {
        int sum = 0;
        for (Row row = first; row != null; row = row.next) {
            sum += row.places.length;
        }
        return sum;
    }

    /** How many places are taken, as far as that can be seen while threads come and go. */
    int taken() {
        int sum = 0;
        for (Row row = first; row != null; row = row.next) {
            for (int place = 0; place < row.places.length; place++) {
                sum += row.at(place) == null ? 0 : 1;
            }
        }
        return sum;
    }

    /** What does not change, and is not the user's to override: before Java 19 an id may be either. */
    private static int id(Thread thread) {
        if (THREAD_ID == null) {
            return System.identityHashCode(thread);
        }
        try {
            return (int) (long) THREAD_ID.invokeExact(thread);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("Thread.threadId() is not as Java 19 specifies it", e);
        }
    }

    private static @Nullable MethodHandle threadIdOrNull() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "threadId", MethodType.methodType(long.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
