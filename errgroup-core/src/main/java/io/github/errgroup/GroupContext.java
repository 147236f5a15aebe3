package io.github.errgroup;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A group's cancellation, as its tasks see it: Go's {@code context.Context} for the group. A task captures the group
 * and asks {@code group.context()}.
 *
 * <p>Thread-safe; only {@link #addCancellationHook} may run user code.
 */
public sealed interface GroupContext permits GroupEngine {
    /**
     * Whether the group was cancelled, or finished by {@link ErrGroup#await()}. A task that asks is also told true if it is
     * past its own {@linkplain ErrGroupOptions.Builder#taskTimeout(Duration) deadline}.
     *
     * @return true once, and then for ever
     */
    boolean isCancelled();

    /**
     * What cancelled the group: Go's {@code context.Cause}.
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
     * Registers a hook, such as one that closes a socket or cancels a query. It runs once: when the group is cancelled, or
     * when the task that registers it is past its own deadline. A successful end runs no hook.
     *
     * <p>It runs in the thread that cancels; on a thread of its own when a deadline does; and at once in the caller if the
     * group is cancelled already. Whatever the thread, the hook sees the context that the group's {@link ContextPropagator}
     * captures here, in the thread that registers it, and the class loader of the thread that opened the group. What it
     * throws is logged, and the other hooks run. {@code await()} waits for running hooks, so a hook must not await its own
     * group ({@code IllegalStateException}).
     *
     * @param hook what to do
     * @return closing it unregisters the hook; no effect if it runs or ran
     */
    Registration addCancellationHook(Runnable hook);

    /**
     * Throws if the calling task is to end: for tasks that compute without blocking.
     *
     * @throws CancellationException if the group is cancelled, with {@link #cause()} as its cause; or if it is called by a
     *     task that is past its own deadline
     */
    void throwIfCancelled();
}
