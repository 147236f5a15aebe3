package io.github.errgroup;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ErrGroup#await()} throws: its cause is the group's very first failure, as the task threw it; its
 * suppressed exceptions are the later failures, bounded, with the number of those left out in the message. Of a group
 * cancelled without a failure the cause is a {@code CancellationException}, past its deadline a
 * {@code TimeoutException}.
 */
public final class ErrGroupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The group's name. */
    private final String group;

    /** The first failed task's name, or null. */
    private final @Nullable String task;

    /** The first failed task's index, or -1. */
    private final long index;

    ErrGroupException(
            String message,
            Throwable cause,
            String group,
            @Nullable String task,
            long index,
            Collection<Throwable> later) {
        super(message, cause);
        this.group = group;
        this.task = task;
        this.index = index;
        later.forEach(this::addSuppressed);
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
     * @return the name; null where no task failed (cancelled, timed out)
     */
    public @Nullable String task() {
        return task;
    }

    /**
     * The index of the task that failed first, in the order of submission.
     *
     * @return the index from 0; -1 where no task failed
     */
    public long index() {
        return index;
    }
}
