package io.github.errgroup;

/** What cancelled a group. The first one in time counts; later ones change nothing. */
public enum CancelReason {
    /** A task failed, in a group that cancels on error. */
    FAILURE,
    /** The deadline passed. */
    TIMEOUT,
    /** {@link ErrGroup#cancel()} or {@link ErrGroup#cancel(Throwable)} was called. */
    EXPLICIT,
    /** A thread was interrupted while it waited in {@code await} or {@code go}. */
    INTERRUPTED,
    /** The group that this one was opened in was cancelled. */
    PARENT,
    /** {@link ErrGroup#close()} found tasks that had not ended. */
    CLOSED,
    /** The application shuts down. */
    SHUTDOWN,
    /** As many tasks have succeeded as are {@linkplain ErrGroupOptions.Builder#enough enough}. This is no failure. */
    ENOUGH
}
