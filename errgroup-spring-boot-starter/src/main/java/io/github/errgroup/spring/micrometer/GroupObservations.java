package io.github.errgroup.spring.micrometer;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.GroupListenerFactory;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes one observation of each group of a name: below the observation that is current where the group is opened, and
 * current in each of its tasks, so that a trace shows the fan-out below the request, and what the tasks call below the
 * fan-out. In the thread that opened the group nothing changes.
 *
 * <p>The observation has the tags {@code group} and {@code outcome}, in traces also {@code group.name} (as it was
 * opened) and {@code cause} (what cancelled it). A handler that throws is the engine's business: that is logged, and
 * the group goes on; here it only must not leave a scope behind in a thread.
 */
public final class GroupObservations implements GroupListener {
    /**
     * The observation's name. Not {@code errgroup.group}: Micrometer makes meters of an observation under its name,
     * and those would collide with ours.
     */
    static final String NAME = "errgroup.group.observation";

    private final ObservationRegistry registry;

    private final String name;

    /** The open groups that are observed. Written at open and end; read by each task's start and end. */
    private final ConcurrentMap<ErrGroup, ObservedGroup> open = new ConcurrentHashMap<>();

    /**
     * Makes an observation of each group.
     *
     * @param registry where observations are made
     * @return a factory of their listeners
     */
    public static GroupListenerFactory factory(ObservationRegistry registry) {
        return (name, settings) -> new GroupObservations(registry, name);
    }

    /**
     * Observes the groups of one name.
     *
     * @param registry where observations are made
     * @param name the name that the groups are accounted under
     */
    GroupObservations(ObservationRegistry registry, String name) {
        this.registry = registry;
        this.name = name;
    }

    @Override
    public void onOpen(ErrGroup group) {
        Observation observation = Observation.createNotStarted(NAME, registry)
                .contextualName("errgroup " + name)
                .lowCardinalityKeyValue("group", name)
                .highCardinalityKeyValue("group.name", group.name());
        if (observation.isNoop()) {
            return;
        }
        // Known before it starts: if one handler throws, the others that did start are stopped with the group.
        open.put(group, new ObservedGroup(registry, observation));
        observation.start();
    }

    @Override
    public void onTaskStart(ErrGroup group, Subtask<?> task) {
        ObservedGroup observed = open.get(group);
        if (observed != null) {
            observed.openScope(task);
        }
    }

    @Override
    public void onTaskEnd(ErrGroup group, Subtask<?> task, long nanos) {
        ObservedGroup observed = open.get(group);
        if (observed != null) {
            observed.closeScope(task);
        }
    }

    @Override
    public void onCancel(ErrGroup group, CancelReason reason, Throwable cause) {
        ObservedGroup observed = open.get(group);
        if (observed != null) {
            observed.cancelled(reason);
        }
    }

    @Override
    public void onEnd(ErrGroup group, GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
        ObservedGroup observed = open.remove(group);
        if (observed != null) {
            observed.end(outcome, failure);
        }
    }
}
