package io.github.errgroup.soak;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import io.github.errgroup.soak.Plan.Verb;
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

    private final long failed;

    private final long cancelled;

    private final long skipped;

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
        this.submitted = ledger.submitted.get();
        this.succeeded = ledger.succeeded.get();
        this.failed = ledger.failed.get();
        this.cancelled = ledger.cancelled.get();
        this.skipped = submitted - ledger.started.get();
        this.reason = ledger.group().context().reason();
    }

    /**
     * Tells what is broken, and adds the group to the totals.
     *
     * @param awaited whether its owner awaited it
     * @param atAwait what {@code await} or the call threw; null for nothing
     * @param atClose what {@code close} threw; null for nothing
     * @param delivered whether its owner was interrupted
     * @param flag whether its owner's interrupt flag was set at the end
     */
    void give(
            boolean awaited,
            @Nullable Throwable atAwait,
            @Nullable Throwable atClose,
            boolean delivered,
            boolean flag) {
        counts();
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
        if (failed > 0 && (reason == null || reason == CancelReason.FAILURE) && !isFailure(answer)) {
            ledger.broken("a failure is thrown that nothing came before, not " + answer + ": " + counted(), answer);
        }
        if (outer == null) {
            interrupt(atAwait, delivered, flag);
        }
        total(answer);
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
        GroupSnapshot snapshot = ledger.group().snapshot();
        boolean same = snapshot.submitted() == submitted
                && snapshot.succeeded() == succeeded
                && snapshot.failed() == failed
                && snapshot.cancelled() == cancelled
                && snapshot.skipped() == skipped
                && snapshot.pending() == 0;
        if (!same) {
            ledger.broken("the group's counts are those of its tasks: " + counted() + ", the group says " + snapshot);
        }
        if (plan.verb() != Verb.FOR_EACH) { // which gives no handles
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
                && states.getOrDefault(Subtask.State.FAILED, 0L) == failed
                && states.getOrDefault(Subtask.State.CANCELLED, 0L) == cancelled
                && states.getOrDefault(Subtask.State.SKIPPED, 0L) == skipped;
        if (!same) {
            ledger.broken("the handles tell what became of the tasks: " + counted() + ", they say " + states);
        }
    }

    private String counted() {
        return submitted + " submitted, " + succeeded + " succeeded, " + failed + " failed, " + cancelled
                + " cancelled, " + skipped + " skipped, reason " + reason;
    }

    /** G1, J7. */
    private void firstFailure(@Nullable Throwable answer) {
        // Close wraps an Error.
        Throwable first = answer == null || answer instanceof Planted ? answer : answer.getCause();
        boolean told = first instanceof Planted.Failure && answer instanceof ErrGroupException
                || first instanceof Planted.Fault && answer instanceof Error;
        if (first == null || !told) {
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
        boolean unsuccessful = failed + cancelled + skipped > 0;
        boolean right;
        if (answer == null) {
            right = !unsuccessful;
        } else if (answer instanceof InterruptedException) {
            right = delivered || (outer != null && outer.group().context().isCancelled());
        } else {
            right = unsuccessful && isCancellation(answer);
        }
        if (!right) {
            ledger.broken("await tells how the group ended, not " + answer + ": " + counted(), answer);
        }
    }

    /** J5. */
    private void closedWithoutFailure(@Nullable Throwable answer) {
        boolean undone = cancelled + skipped > 0;
        boolean right;
        if (reason == CancelReason.CLOSED && (undone || failed > 0)) {
            right = answer instanceof IllegalStateException;
        } else if (failed > 0 || (undone && reason == CancelReason.TIMEOUT)) {
            right = answer != null && isCancellation(answer);
        } else {
            right = answer == null;
        }
        if (!right) {
            ledger.broken("close tells what nobody awaited, not " + answer + ": " + counted(), answer);
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
    private void interrupt(@Nullable Throwable atAwait, boolean delivered, boolean flag) {
        boolean thrown = atAwait instanceof InterruptedException;
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
        totals.happened(plan.shared() < 0 ? "group without shared limit" : "group with shared limit");
    }
}
