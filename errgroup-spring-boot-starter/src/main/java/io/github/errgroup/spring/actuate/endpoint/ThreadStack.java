package io.github.errgroup.spring.actuate.endpoint;

/**
 * Where a thread was and what it was doing there.
 *
 * @param state read just before the frames
 * @param frames innermost first; empty if the thread had ended
 */
record ThreadStack(Thread.State state, StackTraceElement[] frames) {

    static ThreadStack of(Thread thread) {
        return new ThreadStack(thread.getState(), thread.getStackTrace());
    }
}
