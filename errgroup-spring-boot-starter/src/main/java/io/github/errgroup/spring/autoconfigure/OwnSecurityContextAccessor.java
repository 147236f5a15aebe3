package io.github.errgroup.spring.autoconfigure;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Gives each task a security context of its own, with the caller's authentication. Spring Security's own accessor, below
 * this one, hands over the caller's very context, and a task that changes it would change the caller's.
 */
final class OwnSecurityContextAccessor implements ThreadLocalAccessor<SecurityContext> {
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
