package io.github.errgroup.spring.autoconfigure;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;
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
}
