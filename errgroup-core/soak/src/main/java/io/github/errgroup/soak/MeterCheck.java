package io.github.errgroup.soak;

import io.github.errgroup.CancelReason;
import io.github.errgroup.spring.micrometer.ErrGroupMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;

/** Holds the starter's meters against the soak's own counts, while nothing runs. */
final class MeterCheck {
    private final World world;

    private final List<Standing> standing;

    MeterCheck(World world, List<Standing> standing) {
        this.world = world;
        this.standing = standing;
    }

    void check() {
        Totals totals = world.totals();
        long succeeded = totals.succeeded.sum();
        long failed = totals.failed.sum();
        for (Standing group : standing) {
            succeeded += group.ledger().succeeded.get();
            failed += group.ledger().failed.get();
        }
        same("tasks that succeeded", succeeded, times(ErrGroupMeter.TASK, "success"));
        same("tasks that failed", failed, times(ErrGroupMeter.TASK, "failure"));
        same("tasks that failed, by exception", failed + totals.rejected.sum(), counts(ErrGroupMeter.TASK_FAILURES));
        same("tasks that were cancelled", totals.cancelled.sum(), times(ErrGroupMeter.TASK, "cancelled"));
        same("tasks that were skipped", totals.skipped.sum(), counts(ErrGroupMeter.TASK_SKIPPED));
        same("tasks that were rejected", totals.rejected.sum(), counts(ErrGroupMeter.TASK_REJECTED));
        same("tasks that run", 0, gauge(ErrGroupMeter.TASK_ACTIVE));
        same("tasks that are stragglers", 0, gauge(ErrGroupMeter.TASK_STRAGGLERS));
        same("groups that are open", standing.size(), groupsOpen());
        long ended = totals.groups.sum() - standing.size();
        long told = 0;
        for (String outcome : List.of("success", "failure", "cancelled", "timeout")) {
            told += times(ErrGroupMeter.GROUP, outcome);
        }
        same("groups that ended", ended, told);
        long submitted = totals.submitted.sum();
        for (Standing group : standing) {
            submitted += group.ledger().submitted.get();
        }
        long metered = counts(ErrGroupMeter.TASK_SKIPPED) + counts(ErrGroupMeter.TASK_REJECTED);
        for (String outcome : List.of("success", "failure", "cancelled")) {
            metered += times(ErrGroupMeter.TASK, outcome);
        }
        same("tasks that were submitted", submitted, metered);
        same("groups that failed", totals.groupsFailed.sum(), times(ErrGroupMeter.GROUP, "failure"));
        same("groups that timed out", totals.groupsExpired.sum(), times(ErrGroupMeter.GROUP, "timeout"));
        for (CancelReason reason : CancelReason.values()) {
            Counter counter = registry()
                    .get(ErrGroupMeter.CANCELLATIONS.getName())
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .counter();
            same("groups cancelled by " + reason, totals.cancellations(reason), (long) counter.count());
        }
    }

    /** Tasks run by compensating threads so far. */
    long compensated() {
        return counts(ErrGroupMeter.TASK_COMPENSATED);
    }

    private void same(String what, long own, long meter) {
        if (own != meter) {
            world.violations().broken("meters tell what happened", what + ": " + own + ", the meter says " + meter);
        }
    }

    private MeterRegistry registry() {
        return world.meters();
    }

    private long times(ErrGroupMeter meter, String outcome) {
        Timer timer = registry().get(meter.getName()).tag("outcome", outcome).timer();
        return timer.count();
    }

    private long counts(ErrGroupMeter meter) {
        double sum = 0;
        for (Counter counter : registry().get(meter.getName()).counters()) {
            sum += counter.count();
        }
        return (long) sum;
    }

    private long groupsOpen() {
        LongTaskTimer timer =
                registry().get(ErrGroupMeter.GROUP_ACTIVE.getName()).longTaskTimer();
        return timer.activeTasks();
    }

    private long gauge(ErrGroupMeter meter) {
        Gauge gauge = registry().get(meter.getName()).gauge();
        return (long) gauge.value();
    }
}
