package io.github.errgroup;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The results of many tasks while they run (N11): in a loop, or as a stream. Made by
 * {@link ErrGroup#asCompleted(Iterable, ThrowingFunction) asCompleted} and
 * {@link ErrGroup#inOrder(Iterable, ThrowingFunction) inOrder}; nothing is read and nothing starts before the loop does.
 *
 * <pre>{@code
 * try (ErrGroup group = ErrGroup.open(o -> o.limit(8))) {
 *     for (Subtask<String> text : group.asCompleted(pages, page -> fetch(page))) {
 *         index.add(text.get());
 *     }
 *     group.await(); // why the loop ended, if not because all was read
 * }
 * }</pre>
 *
 * <p><b>Reading.</b> Items are read in the looping thread, while it asks for the next handle. The
 * {@linkplain #readAhead(int) read-ahead} is how many tasks may have been submitted whose handles the loop has not been
 * given yet, whether they wait, run or have ended. So memory stays flat however many items there are. What the source throws
 * is thrown in the loop.
 *
 * <p><b>Streams.</b> {@code stream::iterator} is a source that is read one item at a time, unless the stream has a
 * {@code flatMap} or {@code mapMulti}. The JDK's iterator of such a stream reads and keeps all that comes of one outer item
 * before it gives the first. If that is much, loop over the outer items, with results for each inner stream in the same
 * group:
 *
 * <pre>{@code
 * for (Path file : files) {
 *     try (Stream<String> lines = Files.lines(file)) {
 *         for (Subtask<Long> price : group.asCompleted(lines::iterator, line -> prices.find(line))) {
 *             table.add(price.get());
 *         }
 *     }
 * }
 * }</pre>
 *
 * or leave the order to the tasks: {@link ErrGroup#forEach(Stream, ThrowingConsumer)} reads any stream one item at a time.
 *
 * <p><b>The end.</b> Each handle is given once, also that of a failed task if its failure does not cancel the group. Once
 * the group is cancelled no more items are read, and the loop ends without waiting: what has succeeded by then is still
 * given ({@code inOrder} only up to the first that has not), and {@code await()} tells why. A loop may be left early:
 * {@code close()} then cancels the rest, and does not throw for it.
 *
 * <p><b>Blocking.</b> The loop blocks while no task has ended. An interrupt then cancels the group, ends the loop and sets
 * the flag again; the next {@code await()} throws InterruptedException. A task of the group, or of one below it, must not
 * loop: it would hold the slot that its results need. It can open a group of its own. <b>Thread-safety.</b> One thread at a
 * time.
 *
 * @param <R> the results' type
 */
public final class Results<R extends @Nullable Object> implements Iterable<Subtask<R>> {
    private static final int READ_AHEAD_WITHOUT_A_LIMIT = 256;

    private final Group group;

    private final Source<R> source;

    private final boolean ordered;

    /** Zero for the limit. */
    private int readAhead;

    private boolean started;

    /** What a loop needs of its group. */
    interface Group {
        /** Refuses a group that is over, and a thread that runs one of its tasks. */
        void loopBegins();

        /**
         * Starts a task, or queues it for a slot. Never blocks.
         *
         * @param atEnd run once, when the task has ended and left the group; must not throw
         */
        <R extends @Nullable Object> Subtask<R> go(@Nullable String name, Callable<R> body, Runnable atEnd);

        /** The limit now; negative for none. */
        int tasksAtOnce();

        /** Whether the group was cancelled; set before a task that did it is told to have ended. */
        boolean isCutShort();

        /** Waits until the condition holds. An interrupt cancels the group, and sets the flag again. */
        <S> void awaitResult(Wait.Condition<? super S> condition, S subject);

        /** Runs an action of ours when the group is cancelled, at once if it is. */
        Registration whenCancelled(Runnable action);

        /** Cancels the group: nobody wants the rest. */
        void cancelLeft();

        void awaitUnchecked();
    }

    /** Gives the tasks. */
    private interface Source<R extends @Nullable Object> {
        /** The tasks of the items, from the first one. */
        Iterator<Function<Runnable, Subtask<R>>> open();
    }

    /** A task for each item. */
    private static final class Tasks<T extends @Nullable Object, R extends @Nullable Object>
            implements Iterator<Function<Runnable, Subtask<R>>> {
        private final Group group;

        private final Iterator<? extends T> items;

        private final Function<? super T, @Nullable String> name;

        private final ThrowingFunction<? super T, ? extends R> function;

        Tasks(
                Group group,
                Iterator<? extends T> items,
                Function<? super T, @Nullable String> name,
                ThrowingFunction<? super T, ? extends R> function) {
            this.group = group;
            this.items = items;
            this.name = name;
            this.function = function;
        }

        @Override
        public boolean hasNext() {
            return items.hasNext();
        }

        @Override
        public Function<Runnable, Subtask<R>> next() {
            T item = items.next();
            return atEnd -> group.go(name.apply(item), (Callable<R>) () -> function.apply(item), atEnd);
        }
    }

    private Results(Group group, Source<R> source, boolean ordered) {
        this.group = group;
        this.source = source;
        this.ordered = ordered;
    }

    static <T extends @Nullable Object, R extends @Nullable Object> Results<R> of(
            Group group,
            Iterable<? extends T> items,
            Function<? super T, @Nullable String> name,
            ThrowingFunction<? super T, ? extends R> function,
            boolean ordered) {
        return new Results<>(group, () -> new Tasks<T, R>(group, items.iterator(), name, function), ordered);
    }

    /**
     * Sets how many tasks may have been submitted whose handles the loop has not been given yet. Those above the limit queue
     * for a slot. The default is the group's limit, or 256 where there is none.
     *
     * @param tasks the number, above zero
     * @return this
     * @throws IllegalArgumentException if not above zero
     */
    public Results<R> readAhead(int tasks) {
        if (tasks < 1) {
            throw new IllegalArgumentException("readAhead " + tasks + ": it must be above zero");
        }
        readAhead = tasks;
        return this;
    }

    /**
     * Begins the loop; a for statement calls this.
     *
     * @return the handles; only once
     * @throws IllegalStateException if called again; if the group is finished or closed; or in a task of the group or of one
     *     below it
     */
    @Override
    public Iterator<Subtask<R>> iterator() {
        return begin();
    }

    /**
     * Begins the loop as a stream, which is sequential. If the group's cancellation cuts it short, the stream waits until
     * all tasks have ended and throws what {@link ErrGroup#awaitUnchecked()} does: so a part of the results is never taken
     * for all. Closing the stream before its end cancels the group. A method that returns the stream lets closing it close
     * the group too:
     *
     * <pre>{@code
     * return group.inOrder(skus, sku -> prices.find(sku)).stream().map(Subtask::get).onClose(group::close);
     * }</pre>
     *
     * @return the handles; to be closed
     * @throws IllegalStateException as {@link #iterator()}
     */
    public Stream<Subtask<R>> stream() {
        Loop<R> loop = begin();
        return StreamSupport.stream(new Handles<>(loop), false).onClose(loop::leave);
    }

    private Loop<R> begin() {
        if (started) {
            throw new IllegalStateException("the results can be looped over once, and were; ask the group for others");
        }
        group.loopBegins();
        started = true;
        return new Loop<>(group, source.open(), ordered, readAhead);
    }

    /** One task of a loop. Run at its end, by the thread that ended it. */
    private static final class Arrival<R extends @Nullable Object> implements Runnable {
        private final Loop<R> loop;

        /** Written and read by the looping thread. */
        private @Nullable Subtask<R> handle;

        /** Set when the task has ended, read by the looping thread. */
        private volatile boolean arrived;

        /** The one that arrived before; later, in the looping thread, the one that arrived after. */
        private @Nullable Arrival<R> next;

        Arrival(Loop<R> loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            arrived = true; // fault: result-has-arrived
            loop.arrived(this);
        }
    }

    /**
     * The loop. Its fields belong to the looping thread, but {@link #latest}, which those that end tasks write, and
     * {@link #waiter}. No lost wake-up: the thread that ends a task writes {@code latest}, then reads {@code waiter}; the looping thread
     * writes {@code waiter}, then reads {@code latest}.
     */
    private static final class Loop<R extends @Nullable Object> implements Iterator<Subtask<R>> {
        private final Group group;

        private final Iterator<Function<Runnable, Subtask<R>>> tasks;

        private final int readAhead;

        /** Those whose handles have not been given, in the order of the items; null where that does not matter. */
        private final @Nullable Deque<Arrival<R>> order;

        /** The tasks that have arrived and were not looked at: the latest first. */
        private final AtomicReference<@Nullable Arrival<R>> latest = new AtomicReference<>();

        /** Those that were looked at, the earliest first. */
        private @Nullable Arrival<R> earliest;

        /** Submitted, and not given. */
        private int ahead;

        private boolean exhausted;

        private boolean ended;

        private @Nullable Subtask<R> next;

        private @Nullable Registration wakeUp;

        private volatile @Nullable Thread waiter;

        Loop(Group group, Iterator<Function<Runnable, Subtask<R>>> tasks, boolean ordered, int readAhead) {
            this.group = group;
            this.tasks = tasks;
            this.order = ordered ? new ArrayDeque<>() : null;
            this.readAhead = readAhead;
        }

        // ---- in the thread that ends a task

        void arrived(Arrival<R> task) {
            if (order == null) {
                do {
                    task.next = latest.get();
                } while (!latest.compareAndSet(task.next, task)); // fault: result-is-added
            }
            wake(); // fault: result-wakes-the-loop
        }

        private void wake() {
            Thread thread = waiter;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }

        // ---- in the looping thread

        @Override
        public boolean hasNext() {
            if (next == null && !ended) {
                boolean well = false;
                try {
                    next = advance();
                    well = true;
                } finally {
                    if (!well) {
                        ended = true; // what was submitted last may have no handle
                    }
                }
                if (next == null) {
                    end();
                }
            }
            return next != null;
        }

        @Override
        public Subtask<R> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("there are no more results");
            }
            Subtask<R> given = next;
            next = null;
            return Objects.requireNonNull(given);
        }

        private @Nullable Subtask<R> advance() {
            read();
            for (; ; ) {
                Subtask<R> handle = take();
                if (handle == null) {
                    if (ahead == 0 || group.isCutShort()) {
                        return null;
                    }
                    await();
                    continue;
                }
                if (handle.state() == Subtask.State.SUCCEEDED || !group.isCutShort()) {
                    ahead--;
                    return handle;
                }
                if (order != null) {
                    return null; // the others would not be in order
                }
            }
        }

        /** Up to the read-ahead; but no more than two, one to go on and one to come closer, when there is a result to give. */
        private void read() {
            int most = readAhead();
            for (int read = 0; !exhausted && ahead < most && (read < 2 || !isReady()); read++) {
                if (group.isCutShort()) {
                    return;
                }
                if (!tasks.hasNext()) {
                    exhausted = true;
                    return;
                }
                Function<Runnable, Subtask<R>> start = tasks.next();
                Arrival<R> arrival = new Arrival<>(this);
                arrival.handle = start.apply(arrival);
                ahead++;
                if (order != null) {
                    order.add(arrival);
                }
            }
        }

        private int readAhead() {
            if (readAhead > 0) {
                return readAhead;
            }
            int limit = group.tasksAtOnce();
            return limit < 0 ? READ_AHEAD_WITHOUT_A_LIMIT : Math.max(1, limit);
        }

        private boolean isReady() {
            if (order == null) {
                return earliest != null || latest.get() != null;
            }
            Arrival<R> first = order.peek();
            return first != null && first.arrived;
        }

        private @Nullable Subtask<R> take() {
            Arrival<R> taken;
            if (order != null) {
                taken = isReady() ? order.poll() : null;
            } else {
                if (earliest == null) {
                    turn(latest.getAndSet(null));
                }
                taken = earliest;
                if (taken != null) {
                    earliest = taken.next;
                    taken.next = null; // one that is garbage, and old, is not to keep the others from being collected
                }
            }
            return taken == null ? null : taken.handle;
        }

        private void turn(@Nullable Arrival<R> newest) {
            Arrival<R> task = newest;
            while (task != null) {
                Arrival<R> before = task.next;
                task.next = earliest;
                earliest = task;
                task = before;
            }
        }

        private void await() {
            if (wakeUp == null) {
                wakeUp = group.whenCancelled(this::wake); // fault: loop-is-woken-by-cancellation
            }
            waiter = Thread.currentThread();
            try {
                group.awaitResult(loop -> loop.isReady() || group.isCutShort(), this);
            } finally {
                waiter = null;
            }
        }

        private void end() {
            ended = true;
            if (wakeUp != null) {
                wakeUp.close();
            }
        }

        /** Whether the group's cancellation ended it, and not all was given. */
        boolean wasCutShort() {
            return ended && group.isCutShort() && (ahead > 0 || !exhausted);
        }

        void throwIfCutShort() {
            if (wasCutShort()) {
                group.awaitUnchecked();
            }
        }

        /** Nobody goes on. */
        void leave() {
            if (!ended) {
                end();
                next = null;
                if (ahead > 0) {
                    group.cancelLeft();
                }
            }
        }
    }

    /** A loop as a stream has it. */
    private static final class Handles<R extends @Nullable Object> implements Spliterator<Subtask<R>> {
        private final Loop<R> loop;

        Handles(Loop<R> loop) {
            this.loop = loop;
        }

        @Override
        public boolean tryAdvance(Consumer<? super Subtask<R>> action) {
            if (!loop.hasNext()) {
                loop.throwIfCutShort();
                return false;
            }
            action.accept(loop.next());
            return true;
        }

        @Override
        public @Nullable Spliterator<Subtask<R>> trySplit() {
            return null; // one thread at a time
        }

        @Override
        public long estimateSize() {
            return Long.MAX_VALUE;
        }

        @Override
        public int characteristics() {
            return ORDERED | NONNULL;
        }
    }
}
