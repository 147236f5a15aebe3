package io.github.errgroup.spring.micrometer;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.micrometer.ErrGroupMeter.Key;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what the groups of one name do, as listed in {@link ErrGroupMeter}.
 *
 * <p>Every meter is registered in the constructor and held in a field: an event costs a field read and the meter's own
 * update, never a look-up by tags (which costs more than the update). The outcome is chosen at the end of a task or
 * group. What can be computed is computed when a registry is read: the gauges cost an event one addition.
 */
final class GroupMeters implements GroupListener.Factory {
    private final Tags groupTag;

    private final Timer succeeded;

    private final Timer failed;

    private final Timer cancelled;

    private final FailureCounters failures;

    private final Counter skipped;

    private final Counter rejected;

    private final Counter compensated;

    private final Timer limitWait;

    private final Timer cancellationLatency;

    /** By the ordinal of {@link CancelReason}. */
    private final Counter[] cancellations;

    /** By the ordinal of {@link GroupOutcome}. */
    private final Timer[] groups;

    /** Written at the start and end of each task; read by the gauge. */
    private final LongAdder active = new LongAdder();

    /** Written when a straggler is found and when it ends; read by the gauge. */
    private final LongAdder stragglers = new LongAdder();

    private final LongTaskTimer groupsOpen;

    /** The open groups. Written at open and end. */
    private final Set<MeteredGroup> open = ConcurrentHashMap.newKeySet();

    /**
     * Registers the meters of one name. Where applications share a registry, a gauge of a group's limit shows the highest
     * of their limits, and the other gauges are sums.
     *
     * @param meters registers them
     * @param name the name that the groups are accounted under
     * @param limit gives the limit of each group now; negative for none
     * @param sharedLimit gives the limit over all groups of the name now; negative for none
     */
    GroupMeters(MeterLease meters, String name, IntSupplier limit, IntSupplier sharedLimit) {
        this.groupTag = Tags.of(Key.GROUP.asString(), name);
        this.succeeded = taskTimer(meters, Subtask.State.SUCCEEDED);
        this.failed = taskTimer(meters, Subtask.State.FAILED);
        this.cancelled = taskTimer(meters, Subtask.State.CANCELLED);
        this.failures = new FailureCounters(
                exception -> meters.counter(ErrGroupMeter.TASK_FAILURES, tags(Key.EXCEPTION, exception)));
        this.skipped = meters.counter(ErrGroupMeter.TASK_SKIPPED, groupTag);
        this.rejected = meters.counter(ErrGroupMeter.TASK_REJECTED, groupTag);
        this.compensated = meters.counter(ErrGroupMeter.TASK_COMPENSATED, groupTag);
        this.limitWait = meters.timer(ErrGroupMeter.LIMIT_WAIT, groupTag);
        this.cancellationLatency = meters.timer(ErrGroupMeter.CANCELLATION_LATENCY, groupTag);
        this.cancellations = Stream.of(CancelReason.values())
                .map(reason -> meters.counter(ErrGroupMeter.CANCELLATIONS, tags(Key.REASON, TagValues.of(reason))))
                .toArray(Counter[]::new);
        this.groups = Stream.of(GroupOutcome.values())
                .map(outcome -> meters.timer(ErrGroupMeter.GROUP, tags(Key.OUTCOME, TagValues.of(outcome))))
                .toArray(Timer[]::new);
        meters.gauge(ErrGroupMeter.TASK_ACTIVE, groupTag, Double::sum, () -> count(active));
        meters.gauge(ErrGroupMeter.TASK_STRAGGLERS, groupTag, Double::sum, () -> count(stragglers));
        // Not a number where there is no limit, and so is the maximum and the sum of it and any other limit.
        meters.gauge(ErrGroupMeter.LIMIT, tags(Key.SCOPE, "group"), Math::max, () -> nanIfNone(limit.getAsInt()));
        meters.gauge(
                ErrGroupMeter.LIMIT, tags(Key.SCOPE, "shared"), Double::sum, () -> nanIfNone(sharedLimit.getAsInt()));
        this.groupsOpen = meters.longTaskTimer(ErrGroupMeter.GROUP_ACTIVE, groupTag);
        meters.onClose(() -> open.forEach(MeteredGroup::stop));
    }

    @Override
    public GroupListener listen(ErrGroup group) {
        return new MeteredGroup();
    }

    /** A group from its opening to its end. */
    private final class MeteredGroup implements GroupListener {
        /** Written as the group opens, before anyone else is told of it. */
        private LongTaskTimer.@Nullable Sample sample;

        @Override
        public void onOpen() {
            sample = groupsOpen.start();
            open.add(this);
        }

        @Override
        public void onTaskStart(Subtask<?> task) {
            active.increment();
        }

        @Override
        public void onTaskEnd(Subtask<?> task, long nanos) {
            active.decrement();
            switch (task.state()) {
                case SUCCEEDED -> succeeded.record(nanos, NANOSECONDS);
                case CANCELLED -> cancelled.record(nanos, NANOSECONDS);
                default -> {
                    failed.record(nanos, NANOSECONDS);
                    countFailure(task);
                }
            }
        }

        @Override
        public void onTaskSkipped(Subtask<?> task) {
            skipped.increment();
        }

        @Override
        public void onTaskRejected(Subtask<?> task) {
            rejected.increment();
            countFailure(task);
        }

        @Override
        public void onTaskCompensated(Subtask<?> task) {
            compensated.increment();
        }

        @Override
        public void onLimitWait(long nanos) {
            limitWait.record(nanos, NANOSECONDS);
        }

        @Override
        public void onCancel(CancelReason reason, Throwable cause) {
            cancellations[reason.ordinal()].increment();
        }

        @Override
        public void onDrained(long nanos) {
            cancellationLatency.record(nanos, NANOSECONDS);
        }

        @Override
        public void onStraggler(Subtask<?> task) {
            stragglers.increment();
        }

        @Override
        public void onStragglerEnd(Subtask<?> task) {
            stragglers.decrement();
        }

        @Override
        public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
            open.remove(this);
            stop();
            groups[outcome.ordinal()].record(nanos, NANOSECONDS);
        }

        private void stop() {
            if (sample != null) {
                sample.stop();
            }
        }
    }

    private void countFailure(Subtask<?> task) {
        Throwable exception = task.exception();
        if (exception != null) {
            failures.increment(exception);
        }
    }

    /** An addition and its subtraction may be seen in the wrong order, so never below zero. */
    private static long count(LongAdder adder) {
        return Math.max(0, adder.sum());
    }

    private static double nanIfNone(int limit) {
        return limit < 0 ? Double.NaN : limit;
    }

    private Tags tags(Key key, String value) {
        return groupTag.and(key.asString(), value);
    }

    private Timer taskTimer(MeterLease meters, Subtask.State state) {
        return meters.timer(ErrGroupMeter.TASK, tags(Key.OUTCOME, TagValues.of(state)));
    }
}
