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
 * @param outcomes which outcomes count, and the times of one task
 * @param interruptOnCancel as the option
 * @param reuseThreads as the option
 * @param stragglerGrace whether its stragglers are reported
 * @param tasks what its owner starts
 * @param cancelAt before which task its owner cancels it; -1 for never
 * @param relimitAt before which task its owner changes the limit; -1 for never
 * @param loop how results are looped over, where the verb does
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
        Outcomes outcomes,
        boolean interruptOnCancel,
        @Nullable Boolean reuseThreads,
        boolean stragglerGrace,
        List<TaskPlan> tasks,
        int cancelAt,
        int relimitAt,
        Loop loop,
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
        MAP,
        AS_COMPLETED,
        IN_ORDER;

        /** Whether the owner loops over the results, and so starts the tasks as it goes on. */
        boolean loops() {
            return this == AS_COMPLETED || this == IN_ORDER;
        }

        /** Whether the owner has the handle of each task. */
        boolean givesHandles() {
            return this != FOR_EACH && !loops();
        }
    }

    /**
     * Which outcomes count, and the times of one task.
     *
     * @param tolerate as the option
     * @param enough as the option
     * @param taskTimeout as the option; null for none
     * @param limitWait as the option; null for none
     */
    record Outcomes(
            int tolerate,
            int enough,
            @Nullable Duration taskTimeout,
            @Nullable Duration limitWait) {
        /** As a group has them of which nothing was asked. */
        static final Outcomes PLAIN = new Outcomes(0, 0, null, null);

        /** The most failures that pass. */
        long tolerated() {
            return enough > 0 && tolerate == 0 ? Long.MAX_VALUE : tolerate;
        }

        /** Which failure in time is the one that is thrown. */
        int firstThatCounts() {
            return enough > 0 ? 1 : tolerate + 1;
        }
    }

    /**
     * How results are looped over.
     *
     * @param readAhead how far it is ahead of the loop; 0 where that is left to the group
     * @param leaveAfter after how many results the owner leaves it; -1 for never
     */
    record Loop(int readAhead, int leaveAfter) {
        /** To the end. */
        static final Loop WHOLE = new Loop(0, -1);
    }

    /** How an owner ends its group. */
    enum Ending {
        AWAIT,
        AWAIT_TWICE,
        /** No await. */
        CLOSE,
        /** Takes what there is. */
        SETTLE,
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

    /** How many tasks of a loop may be submitted whose handles have not been given. */
    int mostAhead() {
        return loop.readAhead() > 0 ? loop.readAhead() : limit < 0 ? 256 : Math.max(1, ceiling());
    }

    void applyTo(ErrGroupOptions.Builder options, World world) {
        options.limit(limit)
                .timeout(timeout)
                .cancelOnError(cancelOnError)
                .enough(outcomes.enough())
                .taskTimeout(outcomes.taskTimeout())
                .limitWait(outcomes.limitWait())
                .interruptOnCancel(interruptOnCancel)
                .threads(world.places().threads(place))
                .starvationTimeout(Duration.ofMillis(20))
                .stragglerGrace(stragglerGrace ? Duration.ofMillis(2) : null);
        SharedGauge gauge = world.shared(shared);
        if (gauge != null) {
            options.sharedLimit(gauge.limit());
        }
        if (outcomes.tolerate() > 0) {
            options.tolerate(outcomes.tolerate()); // unset it depends on what is enough
        }
        if (reuseThreads != null) {
            options.reuseThreads(reuseThreads);
        }
    }
}
