package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * The link from one of our own threads to the task it runs: it is set as the thread's handler of uncaught exceptions, a
 * field that every thread has anyway, so that "which task am I?" costs no ThreadLocal (136 bytes on a virtual thread)
 * and no table.
 */
interface TaskThread extends Thread.UncaughtExceptionHandler {
    /** The task that this thread runs now, if any. Read only by that thread. */
    @Nullable
    TaskRun<?> currentTask();

    /** The engine catches what tasks throw, so what comes here is a fault of its own or of a dying thread: say so. */
    @Override
    default void uncaughtException(Thread thread, Throwable failure) {
        Log.error("thread '" + thread.getName() + "' ended with an uncaught exception", failure);
    }
}
