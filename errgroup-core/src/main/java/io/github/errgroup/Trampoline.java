package io.github.errgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Starts what waits, one after another, without growing the stack. Whoever changes what may be started calls {@link #run};
 * several threads may be inside. An executor that runs in the caller runs a task inside the start, and the task's end comes
 * here again in the same thread: that inner call leaves the work to the outer one.
 *
 * <ol>
 *   <li>What is next is decided under the lock, so two threads never start the same thing. It is started outside the lock.
 *   <li>A thread that is inside and is about to wait, in a task that it runs there, {@linkplain #suspend suspends} its call
 *       for the time: else what its tasks' ends leave to that call would wait as long.
 *   <li>A thread is inside no more when nothing is left to start, or when a start throws: what waits is left to the next call.
 * </ol>
 */
final class Trampoline<T> {
    /** Where things to start come from. */
    interface Source<T> {
        /** Takes what is to be started next, or null. Called under the lock. */
        @Nullable
        T next();

        /** Called without the lock. */
        void start(T item);
    }

    private final ReentrantLock lock;

    private final Source<T> source;

    /** Threads inside {@link #run}. Guarded by {@link #lock}. */
    private final List<Thread> inside = new ArrayList<>(1);

    /** @param lock what guards the source */
    Trampoline(ReentrantLock lock, Source<T> source) {
        this.lock = lock;
        this.source = source;
    }

    /** Starts all that can be started, unless this thread does so already. */
    void run() {
        Thread self = Thread.currentThread();
        lock.lock();
        try {
            if (inside.contains(self)) {
                return;
            }
            inside.add(self);
        } finally {
            lock.unlock();
        }
        boolean done = false;
        try {
            for (T item = next(self); item != null; item = next(self)) {
                source.start(item);
            }
            done = true;
        } finally {
            if (!done) {
                suspend(); // survivor: start-that-throws
            }
        }
    }

    private @Nullable T next(Thread self) {
        lock.lock();
        try {
            T item = source.next();
            if (item == null) {
                inside.remove(self);
            }
            return item;
        } finally {
            lock.unlock();
        }
    }

    /** This thread is about to wait. Returns whether it is inside, and {@link #resume} is due after the wait. */
    boolean suspend() {
        lock.lock();
        try {
            return inside.remove(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /** The wait is over. */
    void resume() {
        lock.lock();
        try {
            inside.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }
}
