package io.github.errgroup.soak;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Results;
import io.github.errgroup.Subtask;
import io.github.errgroup.soak.Interrupter.Interrupt;
import io.github.errgroup.soak.Plan.Ending;
import io.github.errgroup.soak.Plan.Form;
import io.github.errgroup.soak.Plan.Verb;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One group, from its opening to its end, as its plan says; then its {@link Verdict}. Confined to its owner's thread. */
final class Episode {
    private final World world;

    private final Plan plan;

    /** Of the group in whose task this one is opened; null for an owner's. */
    private final @Nullable Ledger outer;

    private final Ledger ledger;

    private @Nullable Throwable atAwait;

    private @Nullable Throwable atClose;

    private @Nullable Throwable atSettle;

    /** How many items of a loop were read, and how many results it gave. */
    private int read;

    private int given;

    private boolean awaited;

    /** Something that may throw anything. */
    @FunctionalInterface
    private interface Step {
        void run() throws Throwable;
    }

    /**
     * A group to be.
     *
     * @param title for messages
     * @param outer the ledger of the group in whose task it is opened; null for an owner's
     */
    Episode(World world, String title, Plan plan, @Nullable Ledger outer) {
        this.world = world;
        this.plan = plan;
        this.outer = outer;
        this.ledger = Ledger.of(world, title, plan);
    }

    /** Runs it. Returns what the group threw at its owner. */
    @Nullable
    Throwable run() {
        ContextValue before = ContextValue.current();
        ContextValue mine = new ContextValue(ledger.title());
        ContextValue.current(mine);
        Interrupt interrupt =
                plan.interruptAfter() == null ? null : world.interrupter().after(plan.interruptAfter());
        try {
            if (plan.form() == Form.CALL) {
                call();
            } else {
                open();
            }
        } finally {
            boolean delivered = interrupt != null && interrupt.withdraw();
            boolean flag = outer == null
                    ? Thread.interrupted()
                    : Thread.currentThread().isInterrupted();
            if (ContextValue.current() != mine) {
                ledger.broken("an owner keeps its own context, not " + ContextValue.current());
            }
            ContextValue.current(before);
            new Verdict(world, plan, ledger, outer)
                    .give(awaited, atAwait, atClose, atSettle, awaitAgain(), delivered, flag);
        }
        return atAwait == null ? atClose : atAwait;
    }

    /** What await throws once the group is closed: it repeats its answer. Leaves the thread's flag as it was. */
    private @Nullable Throwable awaitAgain() {
        boolean flag = Thread.interrupted();
        try {
            Throwable again = thrownBy(ledger.group()::await);
            if (awaited && plan.ending() != Ending.SETTLE && !sameAnswer(atAwait, again)) {
                ledger.broken("await gives the same answer when the group is closed, not " + again, atAwait);
            }
            return again;
        } finally {
            if (flag) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void call() {
        awaited = true;
        ErrGroupOptions.Builder options = world.defaults().toBuilder();
        plan.applyTo(options, world);
        options.listener(ledger.told());
        ErrGroups groups = ErrGroups.of(options.build());
        atAwait = thrownBy(() -> groups.<@Nullable Void, RuntimeException>call(World.NAME, group -> {
            ledger.opened(group);
            submit();
            return null;
        }));
        ledger.over("called");
        if (!groups.live().isEmpty()) {
            ledger.broken("a group that was called is live no more");
        }
    }

    private void open() {
        ErrGroup group = world.groups().open(World.NAME, options -> {
            plan.applyTo(options, world);
            options.listener(ledger.told());
        });
        ledger.opened(group);
        try {
            submit();
            if (plan.ending() == Ending.SETTLE) {
                atSettle = thrownBy(group::settle);
                ended("settle");
            } else if (plan.ending().awaits()) {
                awaited = true;
                await(group);
            }
        } finally {
            atClose = thrownBy(group::close);
            ledger.over("closed");
        }
        if (plan.ending() == Ending.SETTLE) {
            awaited = true;
            atAwait = thrownBy(group::await); // what settle let pass, await tells
        }
    }

    private void await(ErrGroup group) {
        atAwait = thrownBy(group::await);
        ended("await");
        if (plan.ending() == Ending.AWAIT_TWICE) {
            Throwable again = thrownBy(group::await);
            if (!sameAnswer(atAwait, again)) {
                ledger.broken("await gives the same answer again, not " + again, atAwait);
            }
        } else if (plan.ending() == Ending.AWAIT_AND_REFILL) {
            group.setLimit(plan.limit());
            int free = SlotProbe.fill(ledger, plan.limit(), true);
            if (free != plan.limit()) {
                ledger.broken("no slot is lost: of " + plan.limit() + " there are " + free);
            }
            world.totals().happened("own limit filled again");
            Throwable again = thrownBy(group::await);
            if (!sameAnswer(atAwait, again)) {
                ledger.broken("the first failure stays, not " + again, atAwait);
            }
        }
    }

    private void ended(String verb) {
        if (plan.cancelOnError()) {
            ledger.over(verb + " returned");
        } else if (ledger.running() != 0) {
            ledger.broken(verb + " returned, and " + ledger.running() + " tasks run");
        }
    }

    private boolean sameAnswer(@Nullable Throwable first, @Nullable Throwable second) {
        if (first instanceof InterruptedException && ledger.group().context().reason() != CancelReason.INTERRUPTED) {
            return true; // the interrupt was of that call; the group had an end of its own
        }
        if (first == null || second == null) {
            return first == second;
        }
        Throwable one = first.getCause();
        Throwable other = second.getCause();
        boolean sameCause = one == other
                || (one != null && other != null && !(one instanceof Planted) && one.getClass() == other.getClass());
        return first.getClass() == second.getClass() && (!(first instanceof Planted) || first == second) && sameCause;
    }

    private static @Nullable Throwable thrownBy(Step step) {
        try {
            step.run();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    // ---- starting the tasks

    private void submit() {
        ErrGroup group = ledger.group();
        switch (plan.verb()) {
            case GO -> steps().forEachRemaining(task -> ledger.go(world.work().of(task), task.kind()));
            case GO_NAMED ->
                steps().forEachRemaining(task -> ledger.goNamed(world.work().of(task), task.kind()));
            case TRY_GO ->
                steps().forEachRemaining(task -> {
                    boolean started = ledger.tryGo(world.work().of(task), task.kind());
                    world.totals().happened(started ? "tryGo started" : "tryGo refused");
                });
            case FOR_EACH -> {
                Iterable<Callable<String>> bodies = () -> bodies(true);
                group.forEach(bodies, Callable::call);
            }
            case AS_COMPLETED, IN_ORDER -> loop(group);
            case MAP -> {
                Iterable<Callable<String>> bodies = () -> bodies(false);
                group.map(bodies, Callable::call).forEach(ledger::started);
            }
        }
    }

    /** Takes the results as they come: each once, in order where that was asked for, and never far behind the reading. */
    private void loop(ErrGroup group) {
        Iterable<Callable<String>> bodies = () -> bodies(true);
        boolean ordered = plan.verb() == Verb.IN_ORDER;
        Results<String> results =
                ordered ? group.inOrder(bodies, Callable::call) : group.asCompleted(bodies, Callable::call);
        if (plan.loop().readAhead() > 0) {
            results.readAhead(plan.loop().readAhead());
        }
        Set<Long> seen = new HashSet<>();
        long last = -1;
        for (Subtask<String> result : results) {
            given++;
            if (!result.state().isEnded()) {
                ledger.broken("a loop gives only results: " + result);
            }
            if (!seen.add(result.index()) || (ordered && result.index() < last)) {
                ledger.broken("a loop gives each result once, and in order if it was asked to: " + result);
            }
            last = result.index();
            if (given == plan.loop().leaveAfter()) {
                world.totals().happened("loop left early");
                return;
            }
        }
        // The phase comes first, the context's cause a moment later.
        boolean open = group.snapshot().phase() == GroupSnapshot.Phase.OPEN;
        if (open && given != plan.tasks().size()) {
            ledger.broken("a loop gives every result, not " + given + " of " + read);
        }
        world.totals().happened(open ? "loop to its end" : "loop cut short");
    }

    /** The tasks' bodies, made in the owner's thread when they are asked for. */
    private Iterator<Callable<String>> bodies(boolean counting) {
        Iterator<TaskPlan> steps = steps();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return steps.hasNext();
            }

            @Override
            public Callable<String> next() {
                TaskPlan task = steps.next();
                if (counting) {
                    ledger.submitted
                            .incrementAndGet(); // no handles are given, or not all, and what is read is submitted
                }
                read++;
                if (plan.verb().loops() && read - given > plan.mostAhead()) {
                    ledger.broken("a loop is ahead by at most " + plan.mostAhead() + ", not " + (read - given));
                }
                return ledger.body(world.work().of(task), task.kind());
            }
        };
    }

    /** The tasks, with what the owner does between them. */
    private Iterator<TaskPlan> steps() {
        Iterator<TaskPlan> tasks = plan.tasks().iterator();
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return tasks.hasNext();
            }

            @Override
            public TaskPlan next() {
                between(next++);
                return tasks.next();
            }
        };
    }

    private void between(int index) {
        ErrGroup group = ledger.group();
        if (index == plan.cancelAt()) {
            if (index % 2 == 0) {
                group.cancel();
            } else {
                group.cancel(new TimeoutException("had enough"));
            }
            world.totals().happened("cancelled by hand");
        }
        if (index == plan.relimitAt()) {
            group.setLimit(0);
            group.setLimit(1 + plan.tasks().size() % Mix.MAX_LIMIT);
            world.totals().happened("limit set while running");
            SharedGauge shared = world.shared(plan.shared());
            if (shared != null && plan.interruptAfter() == null) {
                shared.limit().setLimit(1 + plan.tasks().size() % shared.ceiling());
                world.totals().happened("shared limit set while running");
            }
        }
    }
}
