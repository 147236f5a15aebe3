package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ContextPropagator;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;

/**
 * Carries what a factory captures, the application's own or that of everything registered, then over it what the starter
 * adds. Not as one, because adding to the one registry of the JVM would change what every other user of it carries, Reactor
 * for one.
 */
final class SnapshotPropagator implements ContextPropagator {
    private final ContextSnapshotFactory registered;
    private final AddedAccessors added;

    SnapshotPropagator(ContextSnapshotFactory registered, AddedAccessors added) {
        this.registered = registered;
        this.added = added;
    }

    @Override
    public Captured capture() {
        ContextSnapshot below = registered.captureAll();
        @Nullable Object[] above = added.values();
        return () -> open(below, above);
    }

    private Scope open(ContextSnapshot below, @Nullable Object[] above) {
        ContextSnapshot.Scope outer = below.setThreadLocals();
        try {
            @Nullable Object[] before = added.set(above);
            return () -> {
                try {
                    added.restore(before);
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
