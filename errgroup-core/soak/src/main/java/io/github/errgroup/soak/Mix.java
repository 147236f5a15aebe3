package io.github.errgroup.soak;

import io.github.errgroup.soak.Plan.Ending;
import io.github.errgroup.soak.Plan.Form;
import io.github.errgroup.soak.Plan.Loop;
import io.github.errgroup.soak.Plan.Outcomes;
import io.github.errgroup.soak.Plan.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws plans. What comes out is measured, not taken from here: see {@link Shares}. */
final class Mix {
    /** The highest limit of one group. */
    static final int MAX_LIMIT = 6;

    private static final int MAX_DEPTH = 2;

    private final SplittableRandom random;

    private final Places places;

    private final int sharedLimits;

    /**
     * A stream of plans.
     *
     * @param random where chance comes from
     * @param places where tasks may run
     * @param sharedLimits how many shared limits there are
     */
    Mix(SplittableRandom random, Places places, int sharedLimits) {
        this.random = random;
        this.places = places;
        this.sharedLimits = sharedLimits;
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** From {@code low} to {@code high}, both included. */
    int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    /** A group opened by an owner. */
    Plan root() {
        return plan(0, true);
    }

    /** Tasks for a group that lives long: none that depends on a cancellation. */
    List<TaskPlan> burst() {
        List<TaskPlan> tasks = new ArrayList<>();
        for (int i = between(1, 12); i > 0; i--) {
            TaskKind kind = chance(10) ? TaskKind.FAIL : chance(5) ? TaskKind.SPAWN : ordinary();
            tasks.add(new TaskPlan(kind, between(50, 1_000), null));
        }
        return tasks;
    }

    /**
     * A group.
     *
     * @param mayRunInCaller whether its tasks may run in their owner's thread
     */
    private Plan plan(int depth, boolean mayRunInCaller) {
        Place place = places.any(random);
        while (place == Place.CALLER_RUNS && !mayRunInCaller) {
            place = places.any(random);
        }
        boolean caller = place == Place.CALLER_RUNS;
        int limit = chance(50) ? between(1, MAX_LIMIT) : -1;
        int shared = chance(30) ? random.nextInt(sharedLimits) : -1;
        boolean cancelOnError = chance(80);
        boolean failing = chance(35);
        boolean expiring = chance(12);
        boolean byOwner = chance(8);
        boolean byTask = !expiring && chance(4);
        boolean interrupted = depth == 0 && !caller && chance(8);
        // Tasks queued from inside are launched by whoever frees their slot. On a caller-runs executor that may be the
        // owner of another group, which may be interrupted meanwhile: then nobody could say whose interrupt it was.
        boolean strange = caller && shared >= 0;
        boolean spawning = chance(25) && !strange;
        Verb verb = any(Verb.values());
        while (verb.loops() && strange) { // a loop queues its tasks, too
            verb = any(Verb.values());
        }
        Duration taskTimeout = !expiring && chance(12) ? Duration.ofNanos(between(300_000, 3_000_000)) : null;
        // The deadline of one task interrupts its thread alone: groups below it whose tasks run in that thread would
        // take
        // it for somebody else's.
        boolean nestedInCaller = mayRunInCaller && taskTimeout == null;
        List<TaskPlan> tasks = new ArrayList<>();
        for (int i = between(1, 10); i > 0; i--) {
            tasks.add(task(depth, failing, spawning, nestedInCaller));
        }
        if (expiring) {
            // Long enough that nothing but the deadline ends it.
            tasks.add(random.nextInt(tasks.size() + 1), new TaskPlan(TaskKind.UNTIL_CANCELLED, 2_000_000, null));
        } else if (byTask) {
            tasks.add(random.nextInt(tasks.size() + 1), new TaskPlan(TaskKind.CANCEL, 0, null));
        }
        Duration timeout =
                expiring ? Duration.ofNanos(between(500_000, 6_000_000)) : chance(10) ? Duration.ofMinutes(5) : null;
        Outcomes outcomes = new Outcomes(
                cancelOnError && chance(20) ? between(1, 3) : 0,
                cancelOnError && chance(15) ? between(1, tasks.size()) : 0,
                taskTimeout,
                chance(15) ? Duration.ofNanos(chance(30) ? 0 : between(100_000, 2_000_000)) : null);
        boolean timed = taskTimeout != null || outcomes.limitWait() != null;
        boolean steady =
                !timed && !expiring && !byOwner && !byTask && !interrupted && depth == 0 && shared < 0 && limit > 0;
        return new Plan(
                chance(20) ? Form.CALL : Form.OPEN,
                verb,
                ending(steady && !cancelOnError && places.isOwn(place)),
                place,
                limit,
                shared,
                timeout,
                cancelOnError,
                outcomes,
                chance(85),
                chance(40) ? (Boolean) chance(50) : null,
                chance(30),
                List.copyOf(tasks),
                byOwner ? random.nextInt(tasks.size()) : -1,
                limit > 0 && chance(30) ? random.nextInt(tasks.size()) : -1,
                new Loop(chance(30) ? between(1, 8) : 0, chance(15) ? between(1, tasks.size()) : -1),
                interrupted ? Duration.ofNanos(random.nextLong(4_000_000)) : null);
    }

    private Ending ending(boolean refillable) {
        if (refillable && chance(60)) {
            return Ending.AWAIT_AND_REFILL;
        }
        return chance(12) ? Ending.CLOSE : chance(15) ? Ending.SETTLE : chance(10) ? Ending.AWAIT_TWICE : Ending.AWAIT;
    }

    private TaskPlan task(int depth, boolean failing, boolean spawning, boolean nestedInCaller) {
        if (depth < MAX_DEPTH && chance(depth == 0 ? 7 : 3)) {
            return new TaskPlan(TaskKind.NEST, 0, plan(depth + 1, nestedInCaller));
        }
        TaskKind kind;
        if (failing && chance(40)) {
            kind = chance(20) ? TaskKind.FAIL_WITH_ERROR : TaskKind.FAIL;
        } else if (spawning && chance(20)) {
            kind = TaskKind.SPAWN;
        } else if (chance(5)) {
            kind = TaskKind.STUBBORN;
        } else if (chance(5)) {
            kind = TaskKind.UNTIL_CANCELLED;
        } else {
            kind = ordinary();
        }
        return new TaskPlan(kind, between(50, 2_000), null);
    }

    private TaskKind ordinary() {
        return any(new TaskKind[] {
            TaskKind.COMPUTE, TaskKind.COMPUTE, TaskKind.COMPUTE, TaskKind.SLEEP, TaskKind.LOCK, TaskKind.QUEUE
        });
    }

    private <T> T any(T[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
