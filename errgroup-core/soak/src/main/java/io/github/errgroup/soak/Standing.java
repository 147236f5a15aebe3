package io.github.errgroup.soak;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A group that lives as long as the soak: all owners start tasks in it, it does not cancel, and its limit is changed all
 * the time. So a slot or a reference lost once in a million tasks is seen in the end.
 */
final class Standing {
    /** What its limit is when slots are counted, and the most that it ever is. */
    static final int LIMIT = 4;

    private final World world;

    private final Place place;

    private final ErrGroup group;

    private final Ledger ledger;

    /** What await threw first. Confined to the main thread. */
    private @Nullable Throwable first;

    Standing(World world, Place place, @Nullable Boolean reuseThreads) {
        this.world = world;
        this.place = place;
        this.ledger = Ledger.ofLongLived(world, "standing group on " + place, place, LIMIT, null);
        this.group = world.groups().open(World.NAME, options -> {
            options.threads(world.places().threads(place)).limit(LIMIT).cancelOnError(false);
            options.listener(ledger.told());
            if (reuseThreads != null) {
                options.reuseThreads(reuseThreads);
            }
        });
        ledger.opened(group);
    }

    ErrGroup group() {
        return group;
    }

    Ledger ledger() {
        return ledger;
    }

    /** An owner starts a few tasks. Blocks while the group is full. */
    void burst(Mix mix) {
        ContextValue mine = new ContextValue(ledger.title());
        ContextValue.current(mine);
        for (TaskPlan task : mix.burst()) {
            ledger.go(world.work().of(task), task.kind());
            if (mix.chance(5)) {
                group.setLimit(mix.between(1, LIMIT));
                world.totals().happened("limit set while running");
            }
        }
        if (ContextValue.current() != mine) {
            ledger.broken("an owner keeps its own context");
        }
        ContextValue.current(null);
    }

    /**
     * While nobody starts tasks: waits for those that run, and counts.
     *
     * @return how many slots are held, which must be none
     */
    int settle() throws InterruptedException {
        group.setLimit(LIMIT);
        await();
        counts();
        int free = SlotProbe.fill(ledger, LIMIT, true);
        await();
        if (free != LIMIT) {
            ledger.broken("no slot is lost: of " + LIMIT + " there are " + free);
        }
        return LIMIT - free;
    }

    private void await() throws InterruptedException {
        Throwable thrown = null;
        try {
            group.await();
        } catch (ErrGroupException e) {
            thrown = e.getCause();
        }
        if (thrown == null ? ledger.failed.get() > 0 : !ledger.mayBeFirst(thrown)) {
            ledger.broken("the first failure in time is thrown", thrown);
        }
        if (first != null && thrown != first) {
            ledger.broken("the first failure stays", thrown);
        }
        first = thrown;
        if (ledger.running() != 0) {
            ledger.broken("await returned, and " + ledger.running() + " tasks run");
        }
    }

    private void counts() {
        GroupSnapshot snapshot = group.snapshot();
        boolean same = snapshot.submitted() == ledger.submitted.get()
                && ledger.started.get() == ledger.submitted.get()
                && snapshot.succeeded() == ledger.succeeded.get()
                && snapshot.failed() == ledger.failed.get()
                && snapshot.cancelled() == 0
                && snapshot.skipped() == 0
                && snapshot.pending() == 0;
        if (!same) {
            ledger.broken("the group's counts are those of its tasks: " + ledger.submitted + " submitted, "
                    + ledger.started + " started, " + ledger.succeeded + " succeeded, " + ledger.failed
                    + " failed, the group says " + snapshot);
        }
    }

    /** The end of it. */
    void close() {
        group.close();
        ledger.over("closed");
        Totals totals = world.totals();
        totals.submitted.add(ledger.submitted.get());
        totals.succeeded.add(ledger.succeeded.get());
        totals.failed.add(ledger.failed.get());
        if (ledger.failed.get() > 0) {
            totals.groupsFailed.increment();
        }
        totals.happened("group " + place);
    }
}
