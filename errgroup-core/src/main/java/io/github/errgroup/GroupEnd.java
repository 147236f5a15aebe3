package io.github.errgroup;

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

    /** Drops what only an open group needs: the timers, the hooks. */
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
        // A group below wraps its first failure as this one does.
        for (Throwable link = bad; link instanceof ErrGroupException; ) {
            link = link.getCause();
            if (type.isInstance(link)) {
                throw type.cast(link);
            }
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
            late |= awaitUntil(GroupEnd::isAnswered, self(), false); // fault: end-is-told-first
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
        Verdict verdict = Verdict.of(this);
        FirstCause first = verdict.first();
        Throwable answer = null;
        if (first != null) {
            answer = verdict.toThrowable(first);
        } else if (interrupted) {
            answer = new InterruptedException("interrupted while waiting for " + title());
        }
        if (answer instanceof InterruptedException) {
            Thread.interrupted();
        } else if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer;
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
            endIdleThreads();
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
        Verdict verdict = Verdict.of(this);
        tell(listener -> listener.onEnd(group(), verdict.outcome(), verdict.failure(), open));
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
        boolean interrupted = false;
        boolean concluding = false;
        boolean closing = false;
        while (!closing && !is(CLOSED)) {
            if (outstanding() > 0) {
                cancel(CancelReason.CLOSED, new CancellationException(title() + " was closed"));
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
            reportUnanswered();
        }
    }

    /** Nothing is lost silently (J5): what no {@code await} answered for, {@code close} throws. */
    private void reportUnanswered() {
        Failures bad = failuresIfAny();
        Cancellation why = cancellation;
        if (bad == null) {
            return;
        }
        CancelReason reason = why == null ? null : why.reason;
        Verdict verdict = Verdict.of(this);
        FirstCause first = verdict.first();
        boolean failed = bad.hasUnansweredFailures();
        boolean undone = bad.hasUnansweredUndone();
        if (first != null
                && ((failed && first.reason() != CancelReason.CLOSED)
                        || (undone && (reason == CancelReason.TIMEOUT || reason == CancelReason.SHUTDOWN)))) {
            throw sneaky(verdict.toThrowableOfClose(first));
        } else if (reason == CancelReason.CLOSED && (failed || undone)) {
            throw verdict.toMisuseOfClose();
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

    /** Ends the group after its body threw. Returns what the call throws: the first cause in time, as a rule. */
    private Throwable afterBodyFailed(Throwable thrown) {
        FirstCause before = failures().first();
        boolean told = before != null && (failures().isAnswered(before) || isAnswerFor(before, thrown));
        if (thrown instanceof InterruptedException) {
            cancel(CancelReason.INTERRUPTED, thrown);
        } else if (!is(FINISHED | CLOSED) && (before == null || !isAnswerFor(before, thrown))) {
            FirstCause mine = FirstCause.ofBody(thrown);
            failures().record(mine);
            cancel(mine);
        }
        close(false);
        Verdict verdict = Verdict.of(this);
        FirstCause first = verdict.first();
        if (first == null
                || first.thrown() == thrown
                || (told && first == before)
                // The body had done so, or may have; what it throws is what it makes of that.
                || first.reason() == CancelReason.EXPLICIT
                || first.reason() == CancelReason.CLOSED) {
            return thrown;
        }
        Throwable answer = verdict.toThrowable(first);
        if (answer instanceof InterruptedException) {
            Thread.interrupted();
        } else if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }

    /** Whether it is what {@code await} throws for a cause, or what is in there. */
    private static boolean isAnswerFor(FirstCause cause, Throwable thrown) {
        Throwable link = cause.thrown();
        if (thrown instanceof ErrGroupException && thrown.getCause() == link) {
            return true;
        }
        while (link != thrown && link instanceof ErrGroupException) {
            link = link.getCause();
        }
        return link == thrown;
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
