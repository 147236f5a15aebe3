package io.github.errgroup.soak;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * What is carried from the thread that starts a task into the task: one object per group, compared by identity.
 *
 * @param owner whose it is
 */
record ContextValue(String owner) {
    private static final ThreadLocal<@Nullable ContextValue> CURRENT = new ThreadLocal<>();

    static @Nullable ContextValue current() {
        return CURRENT.get();
    }

    static void current(@Nullable ContextValue value) {
        if (value == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(value);
        }
    }

    /** How Micrometer's context propagation reaches it. */
    static final class Accessor implements ThreadLocalAccessor<ContextValue> {
        @Override
        public Object key() {
            return "soak";
        }

        @Override
        public @Nullable ContextValue getValue() {
            return current();
        }

        @Override
        public void setValue(ContextValue value) {
            current(value);
        }

        @Override
        public void setValue() {
            current(null);
        }
    }
}
