package io.github.errgroup;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ErrGroup#await()} throws. Its cause is what came first in the group, in time, and its {@link #reason()} tells
 * which kind that is. If a task failed first, the cause is what the task threw. If the group was cancelled first, it is a
 * {@code CancellationException}; past the deadline, a {@code TimeoutException}; after an interrupt an
 * {@code InterruptedException}, which only {@link ErrGroup#awaitUnchecked()} reports in this way.
 *
 * <p>The suppressed exceptions are the later failures. Their number is bounded; the message tells how many were left out.
 */
public final class ErrGroupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What came first. */
    private final CancelReason reason;

    /** The group's name. */
    private final String group;

    /** The first failed task's name, or null. */
    private final @Nullable String task;

    /** The first failed task's index, or -1. */
    private final long index;

    ErrGroupException(
            String message,
            Throwable cause,
            CancelReason reason,
            String group,
            @Nullable String task,
            long index,
            Collection<Throwable> later) {
        super(message, cause);
        this.reason = reason;
        this.group = group;
        this.task = task;
        this.index = index;
        later.forEach(this::addSuppressed);
    }

    /**
     * Why the group ended like this: what came first in it, in time.
     *
     * @return {@link CancelReason#FAILURE} if a task failed first, also in a group that does not cancel on error; else what
     *     cancelled the group before any task failed
     */
    public CancelReason reason() {
        return reason;
    }

    /**
     * The group's name.
     *
     * @return the name
     */
    public String group() {
        return group;
    }

    /**
     * The name of the task that failed first.
     *
     * @return the name; null where no task came first (cancelled, timed out)
     */
    public @Nullable String task() {
        return task;
    }

    /**
     * The index of the task that failed first, in the order of submission.
     *
     * @return the index from 0; -1 where no task came first
     */
    public long index() {
        return index;
    }
}
