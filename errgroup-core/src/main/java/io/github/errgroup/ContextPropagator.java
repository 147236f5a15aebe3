package io.github.errgroup;

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
    }

    /** The context set in a thread, until closed. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        /** Restores what was there before. */
        @Override
        void close();
    }
}
