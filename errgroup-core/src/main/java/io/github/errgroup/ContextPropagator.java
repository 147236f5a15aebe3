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
     * {@link GroupContext#addCancellationHook}.
     *
     * @return what was captured; used for one task or one hook
     */
    Captured capture();

    /**
     * Carries scoped values, on Java 25 and newer: each of them that is bound where {@code go} is called is bound to the same
     * value around the task's body.
     *
     * <pre>{@code
     * // static final ScopedValue<User> USER = ScopedValue.newInstance();
     * try (ErrGroup group = ErrGroup.open(o -> o.contextPropagator(ContextPropagator.scopedValues(USER)))) {
     *     group.go(() -> audit.write(sku)); // USER is bound in there as it is here
     *     group.await();
     * }
     * }</pre>
     *
     * <p>One that is not bound there is not bound in the task either, unless the task runs in a thread where it is bound
     * already, as on an executor that runs tasks in the caller. Listeners and cancellation hooks do not see them.
     *
     * @param values the {@code java.lang.ScopedValue}s; objects, since the library is compiled for Java 17
     * @return a propagator; thread-safe
     * @throws IllegalArgumentException if there is none, or one is something else or null
     * @throws UnsupportedOperationException on a Java below 25
     */
    static ContextPropagator scopedValues(Object... values) {
        return new ScopedValues(values);
    }

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
         * {@code return ScopedValue.where(USER, user).call(body::call)}. The scope that {@link #open} gave is open around
         * the call, and around the listeners of the task's start and end. These listeners, and cancellation hooks, do not
         * see what is bound here.
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
