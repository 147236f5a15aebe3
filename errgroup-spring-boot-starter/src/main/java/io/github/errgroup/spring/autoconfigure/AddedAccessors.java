package io.github.errgroup.spring.autoconfigure;

import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestAttributesThreadLocalAccessor;

/**
 * The accessors that ship without a service entry, so that nobody registers them: request attributes, locale, MDC. Each
 * is added only where none is registered under its key. And one that gives each task a security context of its own.
 *
 * <p>What they read is kept in an array, and not in a {@code ContextSnapshot}, a map: these few are carried into every task,
 * mostly in threads that have nothing of them.
 */
final class AddedAccessors {
    private final List<ThreadLocalAccessor<?>> accessors;

    AddedAccessors(List<ThreadLocalAccessor<?>> accessors) {
        this.accessors = List.copyOf(accessors);
    }

    /** What the registered accessors lack. */
    static AddedAccessors besides(
            Collection<ThreadLocalAccessor<?>> registered,
            Collection<String> mdcKeys,
            @Nullable ClassLoader classLoader) {
        List<ThreadLocalAccessor<?>> added = new ArrayList<>();
        add(added, registered, new LocaleContextThreadLocalAccessor());
        if (isPresent("org.springframework.web.context.request.RequestAttributesThreadLocalAccessor", classLoader)) {
            add(added, registered, new RequestAttributesThreadLocalAccessor());
        }
        if (!mdcKeys.isEmpty() && isPresent("org.slf4j.MDC", classLoader)) {
            add(added, registered, new Slf4jThreadLocalAccessor(mdcKeys.toArray(String[]::new)));
        }
        if (isPresent("org.springframework.security.core.context.SecurityContextHolder", classLoader)) {
            add(added, registered, new OwnSecurityContextAccessor());
        }
        return new AddedAccessors(added);
    }

    private static void add(
            List<ThreadLocalAccessor<?>> added,
            Collection<ThreadLocalAccessor<?>> registered,
            ThreadLocalAccessor<?> accessor) {
        if (registered.stream().noneMatch(other -> other.key().equals(accessor.key()))) {
            added.add(accessor);
        }
    }

    /** What the current thread has, in the order of the accessors; null where it has nothing. */
    @Nullable
    Object[] values() {
        @Nullable Object[] values = new Object[accessors.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = accessors.get(i).getValue();
        }
        return values;
    }

    /**
     * Sets these values in the current thread, and clears what has none: a pool's thread may have it left over from someone
     * else.
     *
     * @return what the thread had before
     */
    @Nullable
    Object[] set(@Nullable Object[] values) {
        @Nullable Object[] before = values();
        try {
            for (int i = 0; i < values.length; i++) {
                set(accessors.get(i), values[i]);
            }
        } catch (RuntimeException | Error e) {
            restore(before);
            throw e;
        }
        return before;
    }

    /** Gives the current thread back what {@link #set} has returned. */
    void restore(@Nullable Object[] before) {
        for (int i = 0; i < before.length; i++) {
            restore(accessors.get(i), before[i]);
        }
    }

    @SuppressWarnings("unchecked") // the value is one of this accessor's own
    private static <V> void set(ThreadLocalAccessor<V> accessor, @Nullable Object value) {
        if (value == null) {
            accessor.setValue();
        } else {
            accessor.setValue((V) value);
        }
    }

    @SuppressWarnings("unchecked") // the value is one of this accessor's own
    private static <V> void restore(ThreadLocalAccessor<V> accessor, @Nullable Object value) {
        if (value == null) {
            accessor.restore();
        } else {
            accessor.restore((V) value);
        }
    }

    private static boolean isPresent(String className, @Nullable ClassLoader classLoader) {
        return ClassUtils.isPresent(className, classLoader);
    }

    /**
     * Gives each task a security context of its own, with the caller's authentication. Spring Security's own accessor, below
     * this one, hands over the caller's very context, and a task that changes it would change the caller's.
     */
    private static final class OwnSecurityContextAccessor implements ThreadLocalAccessor<SecurityContext> {
        /** Not Spring Security's key: that accessor goes on working, for contexts that this one does not carry. */
        private static final String KEY = "io.github.errgroup.security-context";

        @Override
        public Object key() {
            return KEY;
        }

        /** A copy, since the caller may change its own while the task waits for a slot. */
        @Override
        public @Nullable SecurityContext getValue() {
            Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
            return authentication == null ? null : contextOf(authentication);
        }

        private static SecurityContext contextOf(Authentication authentication) {
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(authentication);
            return context;
        }

        @Override
        public void setValue(SecurityContext context) {
            SecurityContextHolder.setContext(context);
        }

        @Override
        public void setValue() {
            SecurityContextHolder.clearContext();
        }
    }
}
