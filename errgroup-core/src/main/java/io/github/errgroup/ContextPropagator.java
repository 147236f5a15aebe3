package io.github.errgroup;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Carries thread-bound context (trace, MDC, security) from the thread that calls {@code go} into the task, wherever
 * and whenever it runs: on a fresh thread, a reused worker, in the caller, or on a compensating thread; and from the thread
 * that registers a cancellation hook into the hook.
 */
@FunctionalInterface
public interface ContextPropagator {
    /**
     * Captures the calling thread's context. Called in {@code go}, before it blocks or queues, and in
     * {@link GroupContext#onCancel}.
     *
     * @return what was captured; used for one task or one hook
     */
    Captured capture();

    /** One thread's context at one moment. */
    @FunctionalInterface
    interface Captured {
        /**
         * Sets the context in the current thread.
         *
         * @return closing it, in the same thread, restores what was there before
         */
        Scope open();

        /**
         * Calls a task's body, for context that can be bound around a call alone, as a {@code ScopedValue}:
         * {@code return ScopedValue.where(USER, user).call(body::call)}. What {@link #open} gave is open around it, and around
         * the listeners of the task's start and end, which do not see what is bound here; nor do cancellation hooks.
         *
         * @param body to be called exactly once, in the current thread; its value is returned as it is
         * @param <T> the value's type
         * @return the body's value
         * @throws Exception what the body threw; anything else fails the task just as well
         */
        default <T extends @Nullable Object> T call(Callable<T> body) throws Exception {
            return body.call();
        }
    }

    /** The context set in a thread, until closed. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        /** Restores what was there before. */
        @Override
        void close();
    }
}
