package io.github.errgroup;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;

/** That, why and when a group's context was cancelled. */
final class Cancellation {
    /** How deep a chain of causes is followed: deep enough for wrappers, and an end for chains with a cycle. */
    private static final int DEPTH = 32;

    final CancelReason reason;

    /** What {@link GroupContext#cause()} gives. */
    final Throwable cause;

    /** When, in the group's clock; 0 if nobody wants times. */
    final long nanos;

    /**
     * When a task of the group last ended since. Written by the threads that end tasks, read by the thread that finishes the
     * group.
     */
    volatile long lastEndNanos;

    Cancellation(CancelReason reason, Throwable cause, long nanos) {
        this.reason = reason;
        this.cause = cause;
        this.nanos = nanos;
    }

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
        try {
            return hasCancellationInChain(thrown, touched) || userRule.test(thrown);
        } catch (Throwable e) {
            Log.warn("cannot tell whether an exception is a cancellation; it counts as a failure", e);
            return false;
        }
    }

    private static boolean hasCancellationInChain(Throwable thrown, boolean touched) {
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
        return false;
    }
}
