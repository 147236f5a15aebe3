package io.github.errgroup.spring.micrometer;

import io.github.errgroup.CancelReason;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A group's observation, and the scopes in which its running tasks see it. */
final class ObservedGroup {
    private final ObservationRegistry registry;

    private final Observation observation;

    /** The scopes of the running tasks. Each is put and removed by the thread that runs the task. */
    private final ConcurrentMap<Subtask<?>, TaskScope> scopes = new ConcurrentHashMap<>();

    ObservedGroup(ObservationRegistry registry, Observation observation) {
        this.registry = registry;
        this.observation = observation;
    }

    void openScope(Subtask<?> task) {
        scopes.put(task, TaskScope.open(registry, observation));
    }

    void closeScope(Subtask<?> task) {
        TaskScope scope = scopes.remove(task);
        if (scope != null) {
            scope.close();
        }
    }

    void cancelled(CancelReason reason) {
        observation.highCardinalityKeyValue("cause", LowerCase.of(reason));
    }

    void end(GroupOutcome outcome, @Nullable Throwable failure) {
        observation.lowCardinalityKeyValue("outcome", LowerCase.of(outcome));
        try {
            if (outcome == GroupOutcome.FAILURE && failure != null) {
                observation.error(failure);
            }
        } finally {
            observation.stop();
        }
    }
}
