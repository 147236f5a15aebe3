package io.github.errgroup;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The end of a group: waiting for it, telling it, and answering for it.
 *
 * <p>FINISHED is set by one thread, which tells the end and then writes {@link #answered}; every {@code await} and
 * {@code close} returns after that.
 */
abstract class GroupEnd extends GroupSubmission {
    /** When the group was opened, in its clock. Written before the group is open to anyone else. */
    long openedNanos;

    /** Whether the end was told. Written by who set FINISHED. */
    private volatile boolean answered;

    GroupEnd(ErrGroup group, ErrGroupOptions options, long initialPhase) {
        super(group, options, initialPhase);
    }

    /** Drops what only an open group needs: the timer, the hooks. */
    abstract void releaseParts();

    /** Whether the thread is inside one of the group's cancellation hooks. */
    abstract boolean runsHookIn(Thread thread);

    /** Closes a lazily made group that was never used. Returns whether it was one. */
    abstract boolean closeUnopened();

    abstract void forgetAtParent();

    private boolean isAnswered() {
        return answered;
    }

    // ---- waiting for the end

    void await() throws InterruptedException {
        boolean interrupted = awaitEnd();
        Throwable bad = verdict(interrupted);
        if (bad != null) {
            throw sneaky(bad);
        }
    }

    <X extends Throwable> void await(Class<X> type) throws InterruptedException, X {
        boolean interrupted = awaitEnd();
        Throwable bad = verdict(interrupted);
        if (bad instanceof ErrGroupException && type.isInstance(bad.getCause())) {
            throw type.cast(bad.getCause());
        }
        if (bad != null) {
            throw sneaky(bad);
        }
    }

    private boolean awaitEnd() {
        used();
        refuseInside("await");
        Wait.guard(self()); // also if there is nothing to wait for: a bug shows in the first test
        boolean interrupted = false;
        boolean late = false;
        do {
            if (!isQuiet()) {
                // Once every task has ended an interrupt cancels nothing any more, though a hook may still run (J4).
                interrupted |= awaitUntil(GroupState::isIdle, self(), true);
                late |= awaitUntil(GroupState::isQuiet, self(), false);
            }
            if (!options().cancelOnError() && !is(CANCELLED | FINISHED | CLOSED)) {
                break; // it may go on
            }
            if (tryFinish()) {
                conclude();
            }
        } while (!is(FINISHED));
        if (is(FINISHED)) {
            late |= awaitUntil(GroupEnd::isAnswered, self(), false);
        }
        Failures bad = failuresIfAny();
        if (bad != null) {
            bad.answered();
        }
        if (late) {
            Thread.currentThread().interrupt(); // not ours to answer
        }
        return interrupted;
    }

    /** What {@code await} throws, if anything. A flag that is not turned into an InterruptedException is set again. */
    private @Nullable Throwable verdict(boolean interrupted) {
        Failures bad = failuresIfAny();
        Failures.First first = bad == null ? null : bad.first();
        Cancellation why = cancellation;
        Throwable answer = null;
        if (bad != null && first != null) {
            answer = first.thrown() instanceof Error
                    ? first.thrown()
                    : bad.toException(options().name(), first);
        } else if (why != null && why.reason == CancelReason.INTERRUPTED) {
            Thread.interrupted();
            return new InterruptedException(why.cause.getMessage());
        } else if (why != null && why.reason != null && bad != null && bad.undone() > 0) {
            Throwable cause = asCancellation(why);
            answer = new ErrGroupException(
                    "group '" + options().name() + "' was cancelled (" + why.reason + "), " + bad.cancelled
                            + " tasks cancelled and " + bad.skipped + " skipped: " + cause.getMessage(),
                    cause,
                    options().name(),
                    null,
                    -1,
                    List.of());
        } else if (interrupted) {
            return new InterruptedException(
                    "interrupted while waiting for group '" + options().name() + "'");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }

    private Throwable asCancellation(Cancellation why) {
        // A parent's deadline is not this group's: the task that waits here is cancelled, it has not failed (J6).
        if (why.cause instanceof CancellationException || why.reason == CancelReason.TIMEOUT) {
            return why.cause;
        }
        CancellationException wrapper =
                new CancellationException(title() + " was cancelled (" + why.reason + "): " + why.cause);
        wrapper.initCause(why.cause);
        return wrapper;
    }

    /** The thread that set FINISHED tells the end, and lets the awaiters go. */
    private void conclude() {
        Cancellation why = cancellation;
        if (why == null && options().cancelOnError()) {
            cancellation = Cancellation.ENDED;
        }
        try {
            releaseParts();
            if (isTimed()) {
                tellOutcome(why);
            }
        } finally {
            answered = true;
            wakeAwaiters();
            Slots waiting = slotsIfAny();
            if (waiting != null) {
                waiting.wakeAllCallers();
            }
        }
    }

    private void tellOutcome(@Nullable Cancellation why) {
        long open = nanosSince(openedNanos);
        if (why != null && why.reason != null) {
            long last = why.lastEndNanos;
            long nanos = last == 0 ? 0 : Math.max(0, last - why.nanos);
            tell(listener -> listener.onCancelled(group(), nanos));
        }
        Failures bad = failuresIfAny();
        Failures.First first = bad == null ? null : bad.first();
        GroupOutcome outcome = first != null ? GroupOutcome.FAILURE : outcomeWithoutFailure(why, bad);
        Throwable failure = first == null ? null : first.thrown();
        tell(listener -> listener.onEnd(group(), outcome, failure, open));
    }

    private static GroupOutcome outcomeWithoutFailure(@Nullable Cancellation why, @Nullable Failures bad) {
        CancelReason reason = why == null ? null : why.reason;
        boolean harmless = (bad == null || bad.undone() == 0) && reason != CancelReason.INTERRUPTED;
        if (reason == null || harmless) {
            return GroupOutcome.SUCCESS;
        }
        return reason == CancelReason.TIMEOUT ? GroupOutcome.TIMEOUT : GroupOutcome.CANCELLED;
    }

    void close() {
        close(true);
    }

    private void close(boolean reporting) {
        if (closeUnopened()) {
            answered = true;
            return;
        }
        if (is(CLOSED)) {
            return;
        }
        refuseInside("close");
        boolean cancelledHere = false;
        boolean interrupted = false;
        boolean concluding = false;
        boolean closing = false;
        while (!closing && !is(CLOSED)) {
            if (outstanding() > 0) {
                cancelledHere |= cancel(CancelReason.CLOSED, new CancellationException(title() + " was closed"));
            }
            interrupted |= awaitUntil(GroupState::isQuiet, self(), false);
            concluding |= tryFinish();
            closing = is(FINISHED) && tryPhase(CLOSED, CLOSED, false);
        }
        if (concluding) {
            conclude();
        }
        interrupted |= awaitUntil(GroupEnd::isAnswered, self(), false);
        forgetAtParent();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (closing && reporting) {
            reportUnanswered(cancelledHere);
        }
    }

    /** Nothing is lost silently (J5): what no {@code await} answered for, {@code close} throws. */
    private void reportUnanswered(boolean cancelledHere) {
        Failures bad = failuresIfAny();
        if (bad == null) {
            return;
        }
        Cancellation why = cancellation;
        CancelReason reason = why == null ? null : why.reason;
        boolean unanswered = bad.hasUnansweredUndone();
        if (bad.hasUnansweredFailures()
                || (unanswered && (reason == CancelReason.TIMEOUT || reason == CancelReason.SHUTDOWN))) {
            Throwable answer = verdict(false);
            if (answer != null) {
                throw sneaky(answer);
            }
        } else if (unanswered && cancelledHere) {
            throw new IllegalStateException("group '" + options().name() + "' was closed before its tasks had ended: "
                    + bad.cancelled + " cancelled, " + bad.skipped
                    + " skipped. Call await() before the end of the try block, or cancel() if that is meant");
        }
    }

    <T extends @Nullable Object, X extends Exception> T call(GroupBody<T, X> body) throws X, InterruptedException {
        T value;
        try {
            value = body.run(group());
        } catch (Throwable thrown) {
            throw sneaky(afterBodyFailed(thrown));
        }
        try {
            await();
        } finally {
            close();
        }
        return value;
    }

    /** Ends the group after its body threw. Returns what the call throws: the first failure in time. */
    private Throwable afterBodyFailed(Throwable thrown) {
        boolean open = !is(FINISHED | CLOSED);
        Failures.First before = failures().first();
        boolean isAnswer = before != null
                && (thrown == before.thrown()
                        || (thrown instanceof ErrGroupException && thrown.getCause() == before.thrown()));
        if (thrown instanceof InterruptedException) {
            cancel(CancelReason.INTERRUPTED, thrown);
        } else if (open && !isAnswer) {
            cancel(CancelReason.FAILURE, failures().record(thrown, null, -1));
        }
        boolean unanswered = failures().hasUnansweredFailures();
        close(false);
        Failures.First first = failures().first();
        if (isAnswer || first == null || first.thrown() == thrown || !unanswered) {
            return thrown;
        }
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return first.thrown() instanceof Error
                ? first.thrown()
                : failures().toException(options().name(), first);
    }

    /** {@code await} and {@code close} from below would wait for themselves (G7). */
    private void refuseInside(String verb) {
        if (isInside(CurrentTask.get())) {
            throw new IllegalStateException(
                    verb + "() of " + this + " was called by one of its own tasks, or by a task of"
                            + " a group opened in one; it would wait for itself. Call it outside, or open a group of its own there");
        }
        if (runsHookIn(Thread.currentThread())) {
            throw new IllegalStateException(
                    verb + "() of " + this + " was called by one of its cancellation hooks, which it waits for");
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
