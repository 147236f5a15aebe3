package io.github.errgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The handle of one task of a group: what became of it and, once it has succeeded, its value.
 *
 * <p>No method blocks. Thread-safe. What the task did happens-before a read here that sees it ended.
 *
 * @param <T> the value's type; {@code Void} for a task without one
 */
public sealed interface Subtask<T extends @Nullable Object> permits TaskRun {
    /** Where a task is in its life. The last four are final, and every submitted task reaches exactly one. */
    enum State {
        /** Accepted and not started: it waits for a slot or a thread. */
        PENDING,
        /** User code runs. */
        RUNNING,
        /** It returned. {@link Subtask#get()} gives the value. */
        SUCCEEDED,
        /**
         * It threw, or could not be started (rejected, no thread). {@link Subtask#exception()} tells. Whatever it throws
         * before the group is cancelled is a failure, also an {@code InterruptedException} of an interrupt that was not the
         * group's, or a {@code CancellationException} of a future that somebody else cancelled.
         */
        FAILED,
        /**
         * It had started, and threw because of the group's cancellation. Once that has begun, an exception counts as a
         * cancellation if its type or the type of one of its causes says so, or if
         * {@link ErrGroupOptions.Builder#cancellationWhen} does.
         */
        CANCELLED,
        /** It never started: the group was cancelled first. */
        SKIPPED;

        /**
         * Whether the task has reached its end.
         *
         * @return true for the four final states
         */
        public boolean isEnded() {
            return compareTo(SUCCEEDED) >= 0;
        }
    }

    /**
     * The value. Never blocks: call it after {@link ErrGroup#await()}.
     *
     * @return what the task returned; null where it returned null or has no value
     * @throws IllegalStateException unless the state is SUCCEEDED; the message names group, task and state, the cause
     *     is the task's exception where there is one
     */
    T get();

    /**
     * The value, or another one where the task did not succeed. Never blocks: call it after {@link ErrGroup#settle()}.
     *
     * @param other what to give for a task that is FAILED, CANCELLED or SKIPPED
     * @return what the task returned, also where that is null; else the other
     * @throws IllegalStateException if the task has not ended
     */
    T orElse(T other);

    /**
     * The value, or one that is made of the exception that tells why there is none:
     * {@code answer.orElseGet(e -> "error: " + e)}. Does not block unless the function does: call it after
     * {@link ErrGroup#settle()}.
     *
     * @param other makes the value. For a FAILED task it is given what the task threw; for a task that was cancelled or
     *     skipped a {@code CancellationException}, whose message tells why and whose cause is the group's. It is called in
     *     this thread, and not for a task that has succeeded; what it throws is thrown
     * @return what the task returned, also where that is null; else what the function makes
     * @throws IllegalStateException if the task has not ended
     */
    T orElseGet(Function<? super Throwable, ? extends T> other);

    /**
     * The state now.
     *
     * @return the state; once final it never changes
     */
    State state();

    /**
     * Why the task did not succeed.
     *
     * @return what it threw if FAILED or CANCELLED (for a rejected task the rejection), else null
     */
    @Nullable
    Throwable exception();

    /**
     * The name given to {@code go}.
     *
     * @return the name, or {@code task-<index>} where none was given
     */
    String name();

    /**
     * The place in the order of submission to its group, from 0.
     *
     * @return the index
     */
    long index();

    /**
     * Selects the tasks that failed. The text of the list tells which and why:
     *
     * <pre>{@code
     * List<Subtask<Long>> found = group.map(skus, sku -> sku, prices::find);
     * group.settle();
     * log.warn("{}", Subtask.failed(found)); // [group 'quote': task 'A-1' (#0) FAILED: java.io.IOException: refused]
     * }</pre>
     *
     * @param tasks handles, as {@link ErrGroup#map(Iterable, ThrowingFunction) map} gives them
     * @param <T> the values' type
     * @return the handles that are FAILED now, in the same order; unmodifiable. Not those that were cancelled or skipped
     */
    static <T extends @Nullable Object> List<Subtask<T>> failed(Iterable<Subtask<T>> tasks) {
        List<Subtask<T>> failed = new ArrayList<>();
        for (Subtask<T> task : tasks) {
            if (task.state() == State.FAILED) {
                failed.add(task);
            }
        }
        return Collections.unmodifiableList(failed);
    }
}
