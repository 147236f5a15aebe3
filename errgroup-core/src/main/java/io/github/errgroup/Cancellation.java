package io.github.errgroup;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * That, why and when a group's context was cancelled.
 *
 * @param reason null for the end of a successful group, which is no cancellation
 * @param cause what {@link GroupContext#cause()} gives
 * @param nanos when, in the group's clock
 */
record Cancellation(@Nullable CancelReason reason, Throwable cause, long nanos) {
    /** The context of a group that has ended without one. */
    static final Cancellation ENDED = new Cancellation(null, new CancellationException("the group has ended"), 0);

    /** How deep a chain of causes is followed: deep enough for wrappers, and an end for chains with a cycle. */
    private static final int DEPTH = 32;

    /**
     * Rule J6: whether what a task threw after the cancellation began is its cancellation, and not a failure.
     *
     * @param touched whether we interrupted the task or ran a hook of its: then a socket closed under it counts. An
     *     interrupted socket read on a virtual thread throws a plain SocketException
     */
    static boolean explains(Throwable thrown, boolean touched, Predicate<? super Throwable> userRule) {
        if (thrown instanceof Error) {
            return false;
        }
        Throwable link = thrown;
        for (int depth = 0; link != null && depth < DEPTH; depth++) {
            if (link instanceof InterruptedException
                    || (link instanceof InterruptedIOException && !(link instanceof SocketTimeoutException))
                    || link instanceof ClosedChannelException
                    || link instanceof CancellationException
                    || (touched && link instanceof SocketException)) {
                return true;
            }
            link = link.getCause();
        }
        try {
            return userRule.test(thrown);
        } catch (Throwable e) {
            Log.warn("cancellationWhen failed; the task's exception counts as a failure", e);
            return false;
        }
    }
}
