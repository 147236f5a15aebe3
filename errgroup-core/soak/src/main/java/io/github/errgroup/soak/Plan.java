package io.github.errgroup.soak;

import io.github.errgroup.ErrGroupOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One group to be, as the mix drew it.
 *
 * @param form whether it is opened and closed, or called
 * @param verb how its tasks are started
 * @param ending how its owner ends it, where the form leaves that to the owner
 * @param place where its tasks run
 * @param limit its limit; -1 for none
 * @param shared which shared limit it is under; -1 for none
 * @param timeout its deadline; null for none
 * @param cancelOnError as the option
 * @param interruptOnCancel as the option
 * @param reuseThreads as the option
 * @param stragglerGrace whether its stragglers are reported
 * @param tasks what its owner starts
 * @param cancelAt before which task its owner cancels it; -1 for never
 * @param relimitAt before which task its owner changes the limit; -1 for never
 * @param interruptAfter when its owner is interrupted; null for never
 */
record Plan(
        Form form,
        Verb verb,
        Ending ending,
        Place place,
        int limit,
        int shared,
        @Nullable Duration timeout,
        boolean cancelOnError,
        boolean interruptOnCancel,
        @Nullable Boolean reuseThreads,
        boolean stragglerGrace,
        List<TaskPlan> tasks,
        int cancelAt,
        int relimitAt,
        @Nullable Duration interruptAfter) {
    /** How a group is opened and closed. */
    enum Form {
        OPEN,
        CALL
    }

    /** How tasks are started. */
    enum Verb {
        GO,
        GO_NAMED,
        TRY_GO,
        FOR_EACH,
        MAP
    }

    /** How an owner ends its group. */
    enum Ending {
        AWAIT,
        AWAIT_TWICE,
        /** No await. */
        CLOSE,
        /** Awaits, fills the group's every slot, awaits again. */
        AWAIT_AND_REFILL;

        boolean awaits() {
            return this != CLOSE;
        }
    }

    /** The most that a limit may be changed to while the group runs. */
    int ceiling() {
        return limit < 0 || relimitAt < 0 ? limit : Math.max(limit, Mix.MAX_LIMIT);
    }

    void applyTo(ErrGroupOptions.Builder options, World world) {
        options.limit(limit)
                .timeout(timeout)
                .cancelOnError(cancelOnError)
                .interruptOnCancel(interruptOnCancel)
                .threads(world.places().threads(place))
                .starvationTimeout(Duration.ofMillis(20))
                .stragglerGrace(stragglerGrace ? Duration.ofMillis(2) : null);
        SharedGauge gauge = world.shared(shared);
        if (gauge != null) {
            options.sharedLimit(gauge.limit());
        }
        if (reuseThreads != null) {
            options.reuseThreads(reuseThreads);
        }
    }
}
