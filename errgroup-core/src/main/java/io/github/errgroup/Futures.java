package io.github.errgroup;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Futures as tasks (N12): what a library starts in its own way is waited for in a task, and cancelled with it.
 *
 * <pre>{@code
 * import static io.github.errgroup.Futures.future;
 *
 * Subtask<HttpResponse<String>> answer = group.go("send", future(() -> http.sendAsync(request, BodyHandlers.ofString())));
 * List<Subtask<HttpResponse<String>>> answers = group.map(requests, future(next -> http.sendAsync(next, BodyHandlers.ofString())));
 * }</pre>
 *
 * <p>The task starts the future, and waits for it.
 *
 * <p><b>Cancellation.</b> If the task is interrupted, or its group is cancelled, it calls {@code cancel(true)} on the future
 * that it was given, also where the group {@linkplain ErrGroupOptions.Builder#interruptOnCancel(boolean) interrupts nobody}.
 * This is called once, in the task's thread or in the thread that cancels the group; if it takes long, as a call to another
 * machine does, it holds that thread up. What it throws is logged. Whether the work behind the future ends, and when, is up
 * to its library. A {@code CompletableFuture} made by {@code thenApply} does not cancel the one that it was made of; so map
 * the value in another task, or after {@code await()}.
 *
 * <p><b>Errors.</b> The task fails with what the future failed with, not wrapped in an {@code ExecutionException} or a
 * {@code CompletionException}. A future that somebody else cancelled fails its task with a {@code CancellationException}.
 *
 * <p>A {@code CompletionStage} that is no future has {@code toCompletableFuture()}, and Reactor's {@code Mono} has
 * {@code toFuture()}. Thread-safe.
 */
public final class Futures {
    /** How deep failures are unwrapped: an end for chains with a cycle. */
    private static final int DEPTH = 32;

    private Futures() {}

    /**
     * A task that starts a future and waits for it, for {@code go} and {@code tryGo}.
     *
     * @param start starts the future, in the task; what it throws is the task's failure
     * @param <T> the value's type
     * @return the task; may be started more than once, and then starts a future each time
     */
    public static <T extends @Nullable Object> TaskBody<T> future(Callable<? extends Future<? extends T>> start) {
        Objects.requireNonNull(start, "start");
        return () -> valueOf(start.call());
    }

    /**
     * A function that starts a future for an item and waits for it, for {@code map} and its like.
     *
     * @param start starts the future of one item, in the item's task; what it throws is the task's failure
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the function
     */
    public static <T extends @Nullable Object, R extends @Nullable Object> ThrowingFunction<T, R> future(
            ThrowingFunction<? super T, ? extends Future<? extends R>> start) {
        Objects.requireNonNull(start, "start");
        return item -> valueOf(start.apply(item));
    }

    private static <T extends @Nullable Object> T valueOf(@Nullable Future<? extends T> future) throws Exception {
        if (future == null) {
            throw new NullPointerException("what was to start a future returned null");
        }
        Cancel cancel = new Cancel(future);
        Registration hook = addHook(cancel);
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw GroupEngine.<RuntimeException>sneaky(unwrapped(e));
        } finally {
            if (hook != null) {
                hook.close();
            }
            cancel.run(); // no effect on one that is done: any other was interrupted
        }
    }

    /** An interrupt is not enough: there are groups that interrupt nobody (N8). Null outside of a task. */
    private static @Nullable Registration addHook(Runnable cancel) {
        TaskRun<?> task = CurrentTask.get();
        return task != null && task.group instanceof GroupContext context ? context.addCancellationHook(cancel) : null;
    }

    /** Cancels a future once, though the task and the group may both want it: it may be a call to another machine. */
    private static final class Cancel implements Runnable {
        private final Future<?> future;

        /** Written by the task's thread or by the canceller. */
        private final AtomicBoolean ran = new AtomicBoolean();

        Cancel(Future<?> future) {
            this.future = future;
        }

        /** What it throws must not hide why the task ended. */
        @Override
        public void run() {
            if (ran.compareAndSet(false, true)) {
                try {
                    future.cancel(true);
                } catch (Throwable e) {
                    Log.warn("a future could not be cancelled with the task that waited for it", e);
                }
            }
        }
    }

    private static Throwable unwrapped(ExecutionException failure) {
        Throwable inner = failure;
        for (int i = 0; i < DEPTH; i++) {
            Throwable cause = inner.getCause();
            if (cause == null || !(inner instanceof ExecutionException || inner instanceof CompletionException)) {
                return inner;
            }
            inner = cause;
        }
        return inner;
    }
}
