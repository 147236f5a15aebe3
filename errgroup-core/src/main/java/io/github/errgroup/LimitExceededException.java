package io.github.errgroup;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * Why a task did not start: its caller waited in {@code go} for a slot, of the group's limit or of a shared one, for as long
 * as {@link ErrGroupOptions.Builder#limitWait(Duration) limitWait} allows. The task's handle is FAILED with it, and it is a
 * failure of the group like any other: the cause of the {@link ErrGroupException} that {@link ErrGroup#await()} throws. A
 * service answers it with 503 or 429.
 */
public final class LimitExceededException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    /** The group's name. */
    private final String group;

    /** The limit that was reached. */
    private final int limit;

    /** How long the caller was allowed to wait. */
    private final Duration limitWait;

    LimitExceededException(String message, String group, int limit, Duration limitWait) {
        super(message);
        this.group = group;
        this.limit = limit;
        this.limitWait = limitWait;
    }

    /**
     * The name of the group that the task was for.
     *
     * @return the name
     */
    public String group() {
        return group;
    }

    /**
     * The limit that was reached, the group's own or the shared one, as it was when the wait was over.
     *
     * @return how many tasks may run at once
     */
    public int limit() {
        return limit;
    }

    /**
     * How long the caller was allowed to wait for a slot.
     *
     * @return zero if it was not to wait at all
     */
    public Duration limitWait() {
        return limitWait;
    }
}
