package io.github.errgroup;

import java.util.Collection;
import java.util.concurrent.CancellationException;

/**
 * What {@link ErrGroup#await()} throws in a group that was cancelled because the group it was opened in was cancelled.
 *
 * <p>It is no {@link ErrGroupException}. So a task that catches those, to fall back on another answer when a group of its
 * own fails, does not fall back when it is to end itself. It is a {@code CancellationException}, which ends the task as
 * cancelled, and not as failed; so let it pass. Its cause is what cancelled the group above; its suppressed exceptions are
 * what failed in this group afterwards, bounded.
 */
public final class ParentCancelledException extends CancellationException {
    private static final long serialVersionUID = 1L;

    /** What cancelled the group above. */
    private final CancelReason reason;

    ParentCancelledException(String message, Throwable cause, CancelReason reason, Collection<Throwable> later) {
        super(message);
        initCause(cause);
        this.reason = reason;
        later.forEach(this::addSuppressed);
    }

    /**
     * What cancelled the group above. If several groups above were cancelled, it is the reason of the outermost one. The
     * reason of this
     * group itself, in its context and its meters, is {@link CancelReason#PARENT}.
     *
     * @return the reason of the group above
     */
    public CancelReason reason() {
        return reason;
    }
}
