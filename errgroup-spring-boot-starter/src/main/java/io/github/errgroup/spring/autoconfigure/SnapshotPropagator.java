package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ContextPropagator;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries what two factories capture: the application's own, then over it what the starter adds. Two, because adding to
 * the one registry of the JVM would change what every other user of it carries, Reactor for one.
 */
final class SnapshotPropagator implements ContextPropagator {
    private final ContextSnapshotFactory registered;
    private final ContextSnapshotFactory added;

    SnapshotPropagator(ContextSnapshotFactory registered, ContextSnapshotFactory added) {
        this.registered = registered;
        this.added = added;
    }

    @Override
    public Captured capture() {
        ContextSnapshot below = registered.captureAll();
        ContextSnapshot above = added.captureAll();
        return () -> open(below, above);
    }

    private static Scope open(ContextSnapshot below, ContextSnapshot above) {
        ContextSnapshot.Scope outer = below.setThreadLocals();
        try {
            ContextSnapshot.Scope inner = above.setThreadLocals();
            return () -> {
                try {
                    inner.close();
                } finally {
                    outer.close();
                }
            };
        } catch (RuntimeException | Error e) {
            outer.close();
            throw e;
        }
    }
}
