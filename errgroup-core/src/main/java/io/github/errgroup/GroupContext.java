package io.github.errgroup;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A group's cancellation, as its tasks see it: Go's {@code context.Context} for the group. A task captures the group
 * and asks {@code group.context()}.
 *
 * <p>Thread-safe; only {@link #onCancel} may run user code.
 */
public sealed interface GroupContext permits GroupEngine {
    /**
     * Whether the group was cancelled, or finished by {@link ErrGroup#await()}; asked by a task that is past its own
     * {@linkplain ErrGroupOptions.Builder#taskTimeout(Duration) deadline}, also that.
     *
     * @return true once, and then for ever
     */
    boolean isCancelled();

    /**
     * Go's {@code context.Cause}: what did it.
     *
     * @return the first failure as it was thrown; a {@code TimeoutException} past the deadline; an
     *     {@code InterruptedException} where a waiting thread was interrupted; what was given to
     *     {@link ErrGroup#cancel(Throwable)}; for a child the parent's cause; else a {@code CancellationException}
     *     (also after a successful end). Null while not cancelled
     */
    @Nullable
    Throwable cause();

    /**
     * The kind of the cause.
     *
     * @return the reason; null while not cancelled and after a successful end, which counts as no cancellation
     */
    @Nullable
    CancelReason reason();

    /**
     * The time left until the nearer deadline of this group and those it was opened in.
     *
     * @return zero past the deadline; empty where there is none
     */
    Optional<Duration> remaining();

    /**
     * Registers a hook to run once when the group is cancelled, or the task that registers it is past its own deadline:
     * close a socket, cancel a query. A successful end runs no hook. It runs in the thread that cancels, on a thread of its own when a deadline does, and at once in the
     * caller if the group is cancelled already. Whatever the thread, the hook sees the context that the group's
     * {@link ContextPropagator} captures here, in the thread that registers it, and the class loader of the thread that
     * opened the group. What it throws is logged, and the other hooks run. {@code await()}
     * waits for running hooks, so a hook must not await its own group ({@code IllegalStateException}).
     *
     * @param hook what to do
     * @return closing it unregisters the hook; no effect if it runs or ran
     */
    Registration onCancel(Runnable hook);

    /**
     * Ends a task that computes without blocking.
     *
     * @throws CancellationException if the group is cancelled, with {@link #cause()} as its cause; or if it is called by a
     *     task that is past its own deadline
     */
    void throwIfCancelled();
}
