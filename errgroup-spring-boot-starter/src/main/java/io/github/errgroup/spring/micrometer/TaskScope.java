package io.github.errgroup.spring.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * An observation made current in the thread of a task. Whatever its handlers throw, the thread's own scope is current
 * again afterwards: a worker's next task must not run below this one's observation.
 *
 * @param registry the registry that knows the current scope
 * @param scope the scope of this task
 * @param before the scope that was current before; null for none
 */
record TaskScope(ObservationRegistry registry, Observation.Scope scope, Observation.@Nullable Scope before) {

    static TaskScope open(ObservationRegistry registry, Observation observation) {
        Observation.Scope before = registry.getCurrentObservationScope();
        try {
            return new TaskScope(registry, observation.openScope(), before);
        } catch (Throwable e) {
            abandon(registry, before);
            throw e;
        }
    }

    /** A scope is current before its handlers are told; the handlers told before the one that threw undo theirs. */
    private static void abandon(ObservationRegistry registry, Observation.@Nullable Scope before) {
        Observation.Scope opened = registry.getCurrentObservationScope();
        if (opened != null && opened != before) {
            new TaskScope(registry, opened, before).close();
        }
    }

    void close() {
        try {
            scope.close();
        } finally {
            registry.setCurrentObservationScope(before);
        }
    }
}
