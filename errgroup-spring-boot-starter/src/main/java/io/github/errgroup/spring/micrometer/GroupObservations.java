package io.github.errgroup.spring.micrometer;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.NamedGroupListeners;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes one observation of each group of a name, {@link ErrGroupObservationDocumentation#GROUP}: below the observation
 * that is current where the group is opened, and current in each of its tasks, so that a trace shows the fan-out below the
 * request, and what the tasks call below the fan-out. In the thread that opened the group nothing changes.
 *
 * <p>If a handler throws, the engine logs that, and the group goes on; this class only sees to it that no scope is left
 * behind in a thread.
 */
public final class GroupObservations implements GroupListener.Factory {
    private static final ErrGroupObservationConvention DEFAULT_CONVENTION = new DefaultErrGroupObservationConvention();

    private final ObservationRegistry registry;

    private final @Nullable ErrGroupObservationConvention convention;

    private final String name;

    /**
     * Observes the groups of one name.
     *
     * @param registry where observations are made
     * @param convention names them and their tags; null for the default one
     * @param name the name that the groups are accounted under
     */
    GroupObservations(ObservationRegistry registry, @Nullable ErrGroupObservationConvention convention, String name) {
        this.registry = registry;
        this.convention = convention;
        this.name = name;
    }

    /**
     * Makes an observation of each group.
     *
     * @param registry where observations are made
     * @param convention names them and their tags; null for the default one
     * @return makes their listeners
     */
    public static NamedGroupListeners listeners(
            ObservationRegistry registry, @Nullable ErrGroupObservationConvention convention) {
        return (name, settings) -> new GroupObservations(registry, convention, name);
    }

    @Override
    public @Nullable GroupListener listen(ErrGroup group) {
        ErrGroupObservationContext context = new ErrGroupObservationContext(group, name);
        Observation observation = ErrGroupObservationDocumentation.GROUP.observation(
                convention, DEFAULT_CONVENTION, () -> context, registry);
        return observation.isNoop() ? null : new ObservedGroup(registry, observation, context);
    }

    /** A group's observation, and the scopes in which its running tasks see it. */
    private static final class ObservedGroup implements GroupListener {
        private final ObservationRegistry registry;

        private final Observation observation;

        private final ErrGroupObservationContext context;

        /** The scopes of the running tasks. Each is put and removed by the thread that runs the task. */
        private final ConcurrentMap<Subtask<?>, TaskScope> scopes = new ConcurrentHashMap<>();

        ObservedGroup(ObservationRegistry registry, Observation observation, ErrGroupObservationContext context) {
            this.registry = registry;
            this.observation = observation;
            this.context = context;
        }

        /** If one handler throws, the others that did start are stopped with the group. */
        @Override
        public void onOpen() {
            observation.start();
        }

        @Override
        public void onTaskStart(Subtask<?> task) {
            scopes.put(task, TaskScope.open(registry, observation));
        }

        @Override
        public void onTaskEnd(Subtask<?> task, long nanos) {
            TaskScope scope = scopes.remove(task);
            if (scope != null) {
                scope.close();
            }
        }

        @Override
        public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
            context.setOutcome(outcome);
            try {
                if (outcome == GroupOutcome.FAILED && failure != null) {
                    observation.error(failure);
                }
            } finally {
                observation.stop();
            }
        }
    }

    /**
     * An observation made current in the thread of a task. Whatever its handlers throw, the thread's own scope is current
     * again afterwards: a worker's next task must not run below this one's observation.
     *
     * @param registry the registry that knows the current scope
     * @param scope the scope of this task
     * @param before the scope that was current before; null for none
     */
    private record TaskScope(
            ObservationRegistry registry, Observation.Scope scope, Observation.@Nullable Scope before) {

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
}
