package io.github.errgroup.soak;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at what is left while the load stands still: no task, no group, no slot held, no thread of ours, no context and no
 * interrupt in a pool's thread, and meters that tell what happened.
 */
final class QuietPoint {
    /** Our timer ends a second after the last deadline; a machine may be slow. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final World world;

    private final List<Standing> standing;

    private final Activity activity;

    private long tasks;

    private long groups;

    private long failed;

    private long cancelled;

    private long skipped;

    private long cancellations;

    QuietPoint(World world, List<Standing> standing, Activity activity) {
        this.world = world;
        this.standing = standing;
        this.activity = activity;
    }

    /** Checks everything. The caller has stopped the load. */
    Minute check(int number) throws InterruptedException {
        int ownHeld = 0;
        for (Standing group : standing) {
            activity.begins("waiting for " + group.ledger().title());
            ownHeld += group.settle();
        }
        int sharedHeld = 0;
        int sharedSlots = 0;
        int sharedPeak = 0;
        for (SharedGauge shared : world.shared()) {
            activity.begins("filling the shared limit of " + shared.ceiling());
            sharedHeld += held(shared);
            sharedSlots += shared.ceiling();
            sharedPeak += shared.peak();
        }
        activity.begins("looking at what is left");
        live();
        threads();
        world.places().check();
        new MeterCheck(world, standing).check();
        double heap = heapMegabytes();
        Minute minute = minute(number, heap, ownHeld, sharedHeld, sharedSlots, sharedPeak);
        activity.ends();
        return minute;
    }

    /** Checks what is left when the standing groups are closed as well. */
    void last() {
        activity.begins("looking at what is left in the end");
        for (ErrGroup group : world.groups().live()) {
            world.violations()
                    .broken("no group is live in the end", group.snapshot().toString());
        }
        threads();
        new MeterCheck(world, List.of()).check();
        Totals totals = world.totals();
        long ended = totals.succeeded.sum()
                + totals.failed.sum()
                + totals.cancelled.sum()
                + totals.skipped.sum()
                + totals.rejected.sum();
        if (totals.submitted.sum() != ended) {
            world.violations().broken("counts add up", totals.submitted + " tasks submitted, " + ended + " ended");
        }
    }

    /** How many slots of a shared limit cannot be had. */
    private int held(SharedGauge shared) throws InterruptedException {
        if (shared.running() != 0) {
            world.violations().broken("no task runs when nothing runs", shared.running() + " under a shared limit");
        }
        shared.limit().setLimit(shared.ceiling());
        Ledger ledger = Ledger.ofLongLived(world, "probe of a shared limit", Place.AUTOMATIC, -1, shared);
        ErrGroup group = world.groups().open(World.NAME, options -> options.sharedLimit(shared.limit()));
        ledger.opened(group);
        int free = SlotProbe.fill(ledger, shared.ceiling(), true);
        try {
            group.await();
        } catch (ErrGroupException e) {
            ledger.broken("counting slots does not fail", e);
        }
        group.close();
        ledger.over("closed");
        world.totals().submitted.add(ledger.submitted.get());
        world.totals().succeeded.add(ledger.succeeded.get());
        if (free != shared.ceiling()) {
            ledger.broken("no slot is lost: of " + shared.ceiling() + " shared ones there are " + free);
        }
        return shared.ceiling() - free;
    }

    private void live() {
        Set<ErrGroup> left = new HashSet<>(world.groups().live());
        for (Standing group : standing) {
            if (!left.remove(group.group())) {
                group.ledger().broken("an open group is live");
            }
        }
        for (ErrGroup group : left) {
            world.violations()
                    .broken(
                            "no group is live when nothing runs",
                            group.snapshot().toString());
        }
    }

    private void threads() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        List<String> left = ours();
        while ((!left.isEmpty() || world.places().countedAlive() != 0) && System.nanoTime() < end) {
            LockSupport.parkNanos(10_000_000);
            left = ours();
        }
        if (!left.isEmpty()) {
            world.violations().broken("no thread of ours is left when nothing runs", left.toString());
        }
        if (world.places().countedAlive() != 0) {
            world.violations()
                    .broken(
                            "no thread of ours is left when nothing runs",
                            world.places().countedAlive() + " counted");
        }
    }

    private static List<String> ours() {
        List<String> names = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("errgroup-")) {
                names.add(thread.getName());
            }
        }
        return names;
    }

    private static double heapMegabytes() {
        System.gc();
        System.gc(); // what the first one found unreachable through a reference object
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
    }

    private Minute minute(int number, double heap, int ownHeld, int sharedHeld, int sharedSlots, int sharedPeak) {
        Totals totals = world.totals();
        long tasksNow = totals.submitted.sum();
        long failedNow = totals.failed.sum();
        for (Standing group : standing) {
            tasksNow += group.ledger().submitted.get();
            failedNow += group.ledger().failed.get();
        }
        Minute minute = new Minute(
                number,
                tasksNow - tasks,
                totals.groups.sum() - groups,
                failedNow - failed,
                totals.cancelled.sum() - cancelled,
                totals.skipped.sum() - skipped,
                totals.cancellations() - cancellations,
                ManagementFactory.getThreadMXBean().getThreadCount(),
                heap,
                ownHeld,
                standing.size() * Standing.LIMIT,
                sharedHeld,
                sharedSlots,
                sharedPeak);
        tasks = tasksNow;
        groups = totals.groups.sum();
        failed = failedNow;
        cancelled = totals.cancelled.sum();
        skipped = totals.skipped.sum();
        cancellations = totals.cancellations();
        return minute;
    }
}
