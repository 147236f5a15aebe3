package io.github.errgroup.sample.imports;

import io.github.errgroup.GroupContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue between two stages of a group. It has an end, and it wakes both stages when the group is cancelled, even
 * if their threads are not interrupted (see {@code errgroup.groups.import.interrupt-on-cancel}).
 *
 * <p>Thread-safe. {@code items} and {@code ended} are read and written under the lock. A waiter asks under the lock whether
 * the group is cancelled. The hook runs after the group was cancelled and signals under the lock, so no waiter misses it.
 *
 * @param <T> the items
 */
final class Pipe<T> {
    private final int capacity;

    private final GroupContext context;

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();

    private final Deque<T> items = new ArrayDeque<>();

    private boolean ended;

    Pipe(int capacity, GroupContext context) {
        this.capacity = capacity;
        this.context = context;
        context.addCancellationHook(this::wake);
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds an item; blocks while the pipe is full.
     *
     * @throws java.util.concurrent.CancellationException if the group is cancelled
     */
    void put(T item) throws InterruptedException {
        lock.lock();
        try {
            context.throwIfCancelled();
            while (items.size() >= capacity) {
                changed.await();
                context.throwIfCancelled();
            }
            items.add(item);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Says that nothing more will be added. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the next item; blocks while there is none.
     *
     * @return the item; null after the last one
     * @throws java.util.concurrent.CancellationException if the group is cancelled, so that a stage does not take this for
     *     the end
     */
    @Nullable
    T take() throws InterruptedException {
        lock.lock();
        try {
            context.throwIfCancelled();
            while (items.isEmpty() && !ended) {
                changed.await();
                context.throwIfCancelled();
            }
            T item = items.poll();
            changed.signalAll();
            return item;
        } finally {
            lock.unlock();
        }
    }
}
