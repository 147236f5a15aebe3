package io.github.errgroup.spring.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The meters of groups. Each has the tag {@code group}: a configured name, or {@code default} for the groups of all
 * other names; and the further tags told here. All are registered when the application starts, so that zeros show; those of
 * a cluster limit only for names that have one.
 *
 * <p>The tasks submitted are the sum of {@link #TASK} over its outcomes, {@link #TASK_SKIPPED} and
 * {@link #TASK_REJECTED}.
 */
public enum ErrGroupMeter implements MeterDocumentation {
    /** How long tasks ran, and how they ended: success, failure, cancelled. */
    TASK("errgroup.task", Meter.Type.TIMER, "How long tasks ran", Key.OUTCOME),

    /**
     * Tasks that failed, rejected ones included, by the simple name of what they threw (the full name where that is
     * empty). At most {@value FailureCounters#MAX_EXCEPTIONS} names, further ones count as {@code other};
     * {@code none} stays 0.
     */
    TASK_FAILURES("errgroup.task.failures", Meter.Type.COUNTER, "Tasks that failed, by exception", Key.EXCEPTION),

    /** Tasks that never started, because their group was cancelled. */
    TASK_SKIPPED(
            "errgroup.task.skipped", Meter.Type.COUNTER, "Tasks that never started, because their group was cancelled"),

    /** Tasks that could not be started: the executor rejected them, or no thread could be had. */
    TASK_REJECTED(
            "errgroup.task.rejected",
            Meter.Type.COUNTER,
            "Tasks rejected by their executor, without a thread, or without a slot in time"),

    /** Tasks that run now. */
    TASK_ACTIVE("errgroup.task.active", Meter.Type.GAUGE, "Tasks that run now"),

    /** Tasks that run on although the straggler grace after their group's cancellation is over. */
    TASK_STRAGGLERS(
            "errgroup.task.stragglers", Meter.Type.GAUGE, "Tasks that still run past the grace after cancellation"),

    /** Tasks run by a compensating thread: more than zero means a starved executor. */
    TASK_COMPENSATED(
            "errgroup.task.compensated",
            Meter.Type.COUNTER,
            "Tasks run by a compensating thread, because their executor is starved"),

    /** Groups cancelled, by what cancelled them. */
    CANCELLATIONS("errgroup.cancellations", Meter.Type.COUNTER, "Groups cancelled, by reason", Key.REASON),

    /** Time from a group's cancellation to the end of its last task. */
    CANCELLATION_LATENCY(
            "errgroup.cancellation.latency", Meter.Type.TIMER, "From cancellation to the end of the last task"),

    /** How long callers of {@code go} were blocked by a limit. */
    LIMIT_WAIT("errgroup.limit.wait", Meter.Type.TIMER, "How long go was blocked by a limit"),

    /** The limit of running tasks now, per group, shared by all groups of the name, or over all instances; NaN where there is none. */
    LIMIT("errgroup.limit", Meter.Type.GAUGE, "Limit of running tasks, NaN when none", Key.SCOPE),

    /** How many tasks of a name with a cluster limit may run in this instance now. */
    CLUSTER_SHARE("errgroup.cluster.share", Meter.Type.GAUGE, "This instance's share of the limit over all instances"),

    /** Seconds since this instance's share of a cluster limit was last renewed; NaN while it has no lease. */
    CLUSTER_LEASE_AGE(
            "errgroup.cluster.lease.age",
            Meter.Type.GAUGE,
            "Seconds since that share was renewed, NaN without a lease"),

    /** How long groups lasted, from open to end, and how they ended: success, failure, cancelled, timeout. */
    GROUP("errgroup.group", Meter.Type.TIMER, "How long groups lasted, from open to end", Key.OUTCOME),

    /** How many groups are open now, how long they have been open together, and how long the oldest of them. */
    GROUP_ACTIVE("errgroup.group.active", Meter.Type.LONG_TASK_TIMER, "Groups that are open now, and their age");

    private final String meterName;

    private final Meter.Type type;

    private final String description;

    private final Key[] furtherKeys;

    ErrGroupMeter(String meterName, Meter.Type type, String description, Key... furtherKeys) {
        this.meterName = meterName;
        this.type = type;
        this.description = description;
        this.furtherKeys = furtherKeys;
    }

    /**
     * Those that every name has: all but those of a cluster limit.
     *
     * @return the meters, in their order here
     */
    public static List<ErrGroupMeter> ofEveryName() {
        return Stream.of(values())
                .filter(meter -> meter != CLUSTER_SHARE && meter != CLUSTER_LEASE_AGE)
                .toList();
    }

    @Override
    public String getName() {
        return meterName;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public KeyName[] getKeyNames() {
        return KeyName.merge(new KeyName[] {Key.GROUP}, furtherKeys);
    }

    /**
     * What the meter measures, as registries show it.
     *
     * @return one line without a full stop
     */
    public String description() {
        return description;
    }

    /** The keys of the meters' tags. */
    public enum Key implements KeyName {
        /** The name that the group is accounted under. */
        GROUP,
        /** How a task or a group ended. */
        OUTCOME,
        /** The simple class name of a failure. */
        EXCEPTION,
        /** What cancelled a group. */
        REASON,
        /** Whether a limit is of one group, shared by all of the name, or by all instances. */
        SCOPE;

        @Override
        public String asString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
