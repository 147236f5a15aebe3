package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ContextPropagator;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/** The starter's way of carrying context without Spring. In its package, for it is not public. */
@NullMarked
public final class StarterContext {
    private StarterContext() {}

    /**
     * Carries what the registry knows, as the starter does.
     *
     * @param registry the registry
     */
    public static ContextPropagator propagator(ContextRegistry registry) {
        ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder()
                .contextRegistry(registry)
                .clearMissing(true)
                .build();
        return new SnapshotPropagator(snapshots, new AddedAccessors(List.of()));
    }
}
