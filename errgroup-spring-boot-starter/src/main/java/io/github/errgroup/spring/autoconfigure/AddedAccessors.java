package io.github.errgroup.spring.autoconfigure;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.Collection;
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
 */
final class AddedAccessors {
    private AddedAccessors() {}

    /** A registry of what the registered accessors lack. */
    static ContextRegistry besides(
            Collection<ThreadLocalAccessor<?>> registered,
            Collection<String> mdcKeys,
            @Nullable ClassLoader classLoader) {
        ContextRegistry added = new ContextRegistry();
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
        return added;
    }

    private static void add(
            ContextRegistry added, Collection<ThreadLocalAccessor<?>> registered, ThreadLocalAccessor<?> accessor) {
        if (registered.stream().noneMatch(other -> other.key().equals(accessor.key()))) {
            added.registerThreadLocalAccessor(accessor);
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
