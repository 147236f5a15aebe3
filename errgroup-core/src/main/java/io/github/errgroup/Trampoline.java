package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * Starts what waits, one after another, without growing the stack. A thread that changes what may be started calls
 * {@link #run};
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

    /**
     * A monitor, not a lock of java.util.concurrent: it is left without a call, so that a stack that is full holds nobody up.
     * It is held for a few instructions, and never while anything is started.
     */
    private final Object lock;

    private final Source<T> source;

    /** Calls of {@link #run} in progress, newest first; those that are over are passed over. Changed under {@link #lock}. */
    private @Nullable Call calls;

    /** A call of {@link #run}. */
    private static final class Call {
        private final Thread thread = Thread.currentThread();

        /** Guarded by the lock. */
        private @Nullable Call older;

        /** Written by the thread, without the lock: what ends the call may be a full stack. */
        private volatile boolean over;
    }

    /** @param lock what guards the source */
    Trampoline(Object lock, Source<T> source) {
        this.lock = lock;
        this.source = source;
    }

    /** Starts all that can be started, unless this thread does so already. */
    void run() {
        Call call = new Call();
        synchronized (lock) {
            if (callOf(call.thread) != null) {
                return;
            }
            call.older = calls;
            calls = call;
        }
        try {
            for (T item = next(call); item != null; item = next(call)) {
                source.start(item);
            }
        } finally {
            call.over = true; // survivor: start-that-throws
        }
    }

    private @Nullable T next(Call call) {
        synchronized (lock) { // fault: next-is-locked
            T item = source.next();
            if (item == null) {
                call.over = true; // under the lock: a thread that changes what may be started after this, starts it
                callOf(call.thread);
            }
            return item;
        }
    }

    /** The call that a thread is inside, or null; drops those that are over. */
    private @Nullable Call callOf(Thread thread) {
        Call found = null;
        Call younger = null;
        for (Call call = calls; call != null; call = call.older) {
            if (call.over) {
                if (younger == null) {
                    calls = call.older;
                } else {
                    younger.older = call.older;
                }
            } else {
                younger = call;
                found = call.thread == thread ? call : found;
            }
        }
        return found;
    }

    /**
     * This thread is about to wait: the call that it is inside counts as over meanwhile.
     *
     * @return what resumes the call after the wait; null if it is inside none
     */
    @Nullable
    Runnable suspend() {
        synchronized (lock) {
            Call call = callOf(Thread.currentThread());
            if (call == null) {
                return null;
            }
            call.over = true;
            callOf(call.thread);
            return () -> resume(call);
        }
    }

    private void resume(Call call) {
        synchronized (lock) {
            call.over = false;
            call.older = calls;
            calls = call;
        }
    }
}
