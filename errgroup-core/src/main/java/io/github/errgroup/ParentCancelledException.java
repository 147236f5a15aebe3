package io.github.errgroup;

import java.util.Collection;
import java.util.concurrent.CancellationException;

/**
 * What {@link ErrGroup#await()} throws in a group that was cancelled because the group it was opened in was cancelled.
 *
 * <p>It is no {@link ErrGroupException}: a task that falls back on another answer when a group of its own fails, with
 * {@code catch (ErrGroupException e)}, does not do so when it is the task itself that is to end. As a
 * {@code CancellationException} it ends the task as cancelled, and not as failed; so let it pass. Its cause is what
 * cancelled the group above; its suppressed exceptions are what failed in this group afterwards, bounded.
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
     * What cancelled the group above: of several, one in the other, the outermost that was cancelled. The reason of this
     * group itself, in its context and its meters, is {@link CancelReason#PARENT}.
     *
     * @return the reason of the group above
     */
    public CancelReason reason() {
        return reason;
    }
}
