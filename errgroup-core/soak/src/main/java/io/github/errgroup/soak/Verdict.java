package io.github.errgroup.soak;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.LimitExceededException;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import io.github.errgroup.soak.Plan.Ending;
import io.github.errgroup.soak.Plan.Form;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Holds what a group says of itself against what its ledger counted, once it has ended. */
final class Verdict {
    private final World world;

    private final Plan plan;

    private final Ledger ledger;

    private final @Nullable Ledger outer;

    private final long submitted;

    private final long succeeded;

    /** Tasks that had started; those that were rejected are apart. */
    private final long failed;

    private final long cancelled;

    private final long skipped;

    private final long rejected;

    private final Told told;

    private final @Nullable CancelReason reason;

    /**
     * A verdict to be given.
     *
     * @param ledger of a group that is closed
     * @param outer of the group in whose task it was opened; null for an owner's
     */
    Verdict(World world, Plan plan, Ledger ledger, @Nullable Ledger outer) {
        this.world = world;
        this.plan = plan;
        this.ledger = ledger;
        this.outer = outer;
        this.told = ledger.told();
        this.submitted = ledger.submitted.get();
        this.succeeded = ledger.succeeded.get();
        this.failed = ledger.failed.get() + told.tooLate();
        this.cancelled = ledger.stopped.get() - told.tooLate();
        this.rejected = told.rejected();
        this.skipped = submitted - ledger.started.get() - rejected;
        this.reason = ledger.group().context().reason();
    }

    /**
     * Tells what is broken, and adds the group to the totals.
     *
     * @param awaited whether its owner awaited it
     * @param atAwait what {@code await} or the call threw; null for nothing
     * @param atClose what {@code close} threw; null for nothing
     * @param atSettle what {@code settle} threw; null for nothing
     * @param atLast what {@code await} threw once the group was closed; null for nothing
     * @param delivered whether its owner was interrupted
     * @param flag whether its owner's interrupt flag was set at the end
     */
    void give(
            boolean awaited,
            @Nullable Throwable atAwait,
            @Nullable Throwable atClose,
            @Nullable Throwable atSettle,
            @Nullable Throwable atLast,
            boolean delivered,
            boolean flag) {
        counts();
        if (plan.ending() == Ending.SETTLE && plan.form() == Form.OPEN) {
            settled(atSettle, delivered);
        }
        Throwable answer = awaited ? atAwait : atClose;
        if (awaited && atClose != null) {
            ledger.broken("close throws nothing after await", atClose);
        }
        if (isFailure(answer)) {
            firstFailure(answer);
        } else if (awaited) {
            awaitedWithoutFailure(answer, delivered);
        } else {
            closedWithoutFailure(answer);
        }
        if (mustFail(awaited) && !isFailure(answer)) {
            ledger.broken("a failure is thrown that nothing came before, not " + answer + ": " + counted(), answer);
        }
        if (outer == null) {
            interrupt(
                    atAwait instanceof InterruptedException || atSettle instanceof InterruptedException,
                    delivered,
                    flag);
        }
        outcome(atLast);
        total(atLast);
    }

    /** Whether a failure has to be thrown: one that nothing came before, or an Error. */
    private boolean mustFail(boolean awaited) {
        return ledger.faults.get() > 0
                || reason == CancelReason.FAILURE
                || (reason == null && (bad() > plan.outcomes().tolerated() || (tooFew() && (awaited || bad() > 0))));
    }

    /** Tasks that failed, those included that were rejected. */
    private long bad() {
        return failed + rejected;
    }

    /** Whether fewer tasks succeeded than are enough (N9). */
    private boolean tooFew() {
        return succeeded < plan.outcomes().enough();
    }

    /** Whether it tells of a failure that came first, or of an Error. */
    private static boolean isFailure(@Nullable Throwable answer) {
        return answer instanceof ErrGroupException failure
                ? failure.reason() == CancelReason.FAILURE
                : answer instanceof Error;
    }

    private void counts() {
        if (ledger.started.get() != succeeded + failed + cancelled) {
            ledger.broken("every task that started has ended: " + counted());
        }
        boolean toldAll = told.ended() == submitted
                && told.ended(Subtask.State.SUCCEEDED) == succeeded
                && told.ended(Subtask.State.FAILED) == failed
                && told.ended(Subtask.State.CANCELLED) == cancelled
                && told.ended(Subtask.State.SKIPPED) == skipped;
        if (!toldAll) {
            ledger.broken("a listener is told of each task once: " + counted() + ", it was told of " + told);
        }
        if (plan.outcomes().taskTimeout() == null && told.tooLate() > 0
                || plan.outcomes().limitWait() == null && rejected > 0) {
            ledger.broken("a task is late or rejected only where there is an option for that: " + counted());
        }
        GroupSnapshot snapshot = ledger.group().snapshot();
        boolean same = snapshot.submitted() == submitted
                && snapshot.succeeded() == succeeded
                && snapshot.failed() == bad()
                && snapshot.rejected() == rejected
                && snapshot.cancelled() == cancelled
                && snapshot.skipped() == skipped
                && snapshot.pending() == 0;
        if (!same) {
            ledger.broken("the group's counts are those of its tasks: " + counted() + ", the group says " + snapshot);
        }
        if (plan.verb().givesHandles()) {
            handles();
        }
    }

    private void handles() {
        Map<Subtask.State, Long> states = new EnumMap<>(Subtask.State.class);
        for (Subtask<?> handle : ledger.handles()) {
            states.merge(handle.state(), 1L, Long::sum);
            if (handle.state() == Subtask.State.SUCCEEDED && !ledger.title().equals(handle.get())) {
                ledger.broken("a task's value is its own: " + handle.get());
            }
        }
        boolean same = states.getOrDefault(Subtask.State.SUCCEEDED, 0L) == succeeded
                && states.getOrDefault(Subtask.State.FAILED, 0L) == bad()
                && states.getOrDefault(Subtask.State.CANCELLED, 0L) == cancelled
                && states.getOrDefault(Subtask.State.SKIPPED, 0L) == skipped;
        if (!same) {
            ledger.broken("the handles tell what became of the tasks: " + counted() + ", they say " + states);
        }
    }

    private String counted() {
        return submitted + " submitted, " + succeeded + " succeeded, " + failed + " failed, " + cancelled
                + " cancelled, " + skipped + " skipped, " + rejected + " rejected, reason " + reason;
    }

    /** G1, J7. */
    private void firstFailure(@Nullable Throwable answer) {
        // Close wraps an Error.
        Throwable first = answer == null || answer instanceof Planted ? answer : answer.getCause();
        boolean known = first instanceof Planted.Failure && answer instanceof ErrGroupException
                || first instanceof Planted.Fault && answer instanceof Error
                || first instanceof TimeoutException && plan.outcomes().taskTimeout() != null
                || first instanceof LimitExceededException && rejected > 0
                || first instanceof IllegalStateException && tooFew() && bad() == 0;
        if (first == null || !known) {
            ledger.broken("the first failure is thrown, not " + answer + ": " + counted(), answer);
        } else if (first instanceof Planted.Failure && !ledger.mayBeFirst(first)) {
            ledger.broken("the first failure in time is thrown", answer);
        } else if (first instanceof Planted.Failure
                && reason == CancelReason.FAILURE
                && ledger.group().context().cause() != first) {
            ledger.broken("the cause of the cancellation is the first failure", answer);
        }
    }

    private void awaitedWithoutFailure(@Nullable Throwable answer, boolean delivered) {
        long undone = cancelled + skipped;
        boolean right;
        if (reason == CancelReason.ENOUGH) {
            right = answer == null;
        } else if (answer == null) {
            right = undone == 0 && bad() <= plan.outcomes().tolerated() && !tooFew();
        } else if (answer instanceof InterruptedException) {
            right = mayBeInterrupted(delivered);
        } else {
            right = (bad() + undone > 0 || tooFew()) && isCancellation(answer);
        }
        if (!right) {
            ledger.broken("await tells how the group ended, not " + answer + ": " + counted(), answer);
        }
    }

    private boolean mayBeInterrupted(boolean delivered) {
        return delivered || (outer != null && outer.group().context().isCancelled());
    }

    /** N9: an Error, an interrupt, and the cancellation of the group above. */
    private void settled(@Nullable Throwable answer, boolean delivered) {
        boolean right;
        if (ledger.faults.get() > 0) {
            right = answer instanceof Planted.Fault;
        } else if (answer instanceof InterruptedException) {
            right = mayBeInterrupted(delivered);
        } else if (answer instanceof ParentCancelledException) {
            right = reason == CancelReason.PARENT && (cancelled + skipped + bad() > 0 || tooFew());
        } else {
            // A failure that a group keeps comes before the cancellation from above.
            right = answer == null
                    && (reason != CancelReason.PARENT
                            || cancelled + skipped == 0
                            || (bad() > 0 && !plan.cancelOnError()));
        }
        if (!right) {
            ledger.broken("settle throws nothing for a task, not " + answer + ": " + counted(), answer);
        }
    }

    /** J5, N9, N11. */
    private void closedWithoutFailure(@Nullable Throwable answer) {
        boolean undone = cancelled + skipped > 0;
        boolean misuse = plan.verb().loops() ? undoneOutsideOfTheLoop() : undone;
        // Which failures had passed when something else ended the group nobody knows but the group.
        boolean mayCount = bad() > 0;
        boolean mustCount = tooFew() ? bad() > 0 : bad() > plan.outcomes().tolerated();
        boolean right;
        if (reason == CancelReason.ENOUGH) {
            right = answer == null;
        } else if (reason == CancelReason.CLOSED && (misuse || mustCount)) {
            right = answer instanceof IllegalStateException;
        } else if (reason == CancelReason.CLOSED) {
            right = answer == null || (mayCount && answer instanceof IllegalStateException);
        } else if (mustCount || (undone && reason == CancelReason.TIMEOUT)) {
            right = answer != null && isCancellation(answer);
        } else {
            right = answer == null || (mayCount && isCancellation(answer));
        }
        if (!right) {
            ledger.broken("close tells what nobody awaited, not " + answer + ": " + counted(), answer);
        }
    }

    /** A loop may be left early; what its tasks started may not. */
    private boolean undoneOutsideOfTheLoop() {
        for (Subtask<?> handle : ledger.handles()) {
            if (handle.state() == Subtask.State.CANCELLED || handle.state() == Subtask.State.SKIPPED) {
                return true;
            }
        }
        return false;
    }

    /** The listeners, and so the meters, are told what await says. */
    private void outcome(@Nullable Throwable answer) {
        GroupOutcome said;
        if (answer == null) {
            said = GroupOutcome.SUCCEEDED;
        } else if (isFailure(answer)) {
            said = GroupOutcome.FAILED;
        } else if (answer instanceof ErrGroupException cancelled && cancelled.reason() == CancelReason.TIMEOUT) {
            said = GroupOutcome.TIMED_OUT;
        } else {
            said = GroupOutcome.CANCELLED;
        }
        if (told.outcome() != said) {
            ledger.broken("a listener is told what await says, " + said + ", not " + told.outcome(), answer);
        }
    }

    /** G1: what cancelled the group came before any failure, and the meters tell the same. */
    private boolean isCancellation(Throwable answer) {
        if (reason == CancelReason.PARENT) {
            return answer instanceof ParentCancelledException;
        }
        return answer instanceof ErrGroupException cancelled
                && cancelled.reason() == reason
                && (reason == CancelReason.TIMEOUT
                        ? answer.getCause() instanceof TimeoutException
                        : answer.getCause() instanceof CancellationException);
    }

    /** J4: an interrupt is thrown or its flag is set, and nobody else's is. */
    private void interrupt(boolean thrown, boolean delivered, boolean flag) {
        if (delivered != (thrown || flag) || (thrown && flag)) {
            ledger.broken("an owner's interrupt is told once: delivered " + delivered + ", thrown " + thrown + ", flag "
                    + flag + "; " + counted());
        }
        if (delivered) {
            world.totals().happened(thrown ? "owner interrupted, thrown" : "owner interrupted, flag");
        }
    }

    private void total(@Nullable Throwable answer) {
        Totals totals = world.totals();
        totals.submitted.add(submitted);
        totals.succeeded.add(succeeded);
        totals.failed.add(failed);
        totals.cancelled.add(cancelled);
        totals.skipped.add(skipped);
        totals.rejected.add(rejected);
        if (isFailure(answer)) {
            totals.groupsFailed.increment();
        } else if (answer instanceof ErrGroupException told && told.reason() == CancelReason.TIMEOUT) {
            totals.groupsExpired.increment();
        }
        if (reason != null) {
            totals.cancelled(reason);
        }
        totals.happened("group " + plan.place());
        totals.happened("group " + plan.form() + " " + plan.verb());
        totals.happened(plan.limit() < 0 ? "group without limit" : "group with limit");
        totals.happened("group reuseThreads " + (plan.reuseThreads() == null ? "unset" : plan.reuseThreads()));
        parts(totals);
        totals.happened(plan.shared() < 0 ? "group without shared limit" : "group with shared limit");
    }

    /** What of the outcomes that are a choice (N9, N10, N13) there was. */
    private void parts(Totals totals) {
        if (plan.outcomes().tolerate() > 0) {
            totals.happened("group with tolerate");
            if (bad() > 0 && reason == null) {
                totals.happened("failures tolerated");
            }
        }
        if (plan.outcomes().enough() > 0) {
            totals.happened("group with enough");
            totals.happened(reason == CancelReason.ENOUGH ? "enough, and the rest cancelled" : "not enough");
        }
        if (plan.outcomes().taskTimeout() != null) {
            totals.happened(told.tooLate() > 0 ? "own deadline stopped a task" : "own deadline stopped none");
        }
        if (rejected > 0) {
            totals.happened("limitWait over");
        }
        if (plan.ending() == Ending.SETTLE && plan.form() == Form.OPEN) {
            totals.happened("group settled");
        }
    }
}
