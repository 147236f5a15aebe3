package io.github.errgroup;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What a group that has ended answers: pure functions of its first cause (G1) and of what became of its tasks. What
 * {@code await} and {@code close} throw and the outcome that listeners are told are all made here.
 *
 * @param group the group's name
 * @param first what it answers for; null if nothing went wrong
 * @param bad what did not succeed
 * @param above the group that it was opened in
 */
record Verdict(
        String group,
        @Nullable FirstCause first,
        @Nullable Failures bad,
        @Nullable Above above) {
    private static final Failures.Later NOTHING_LATER = new Failures.Later(List.of(), 0, 0, 0);

    /** A group, as one in which another was opened. */
    interface Above {
        String name();

        @Nullable
        CancelReason reason();

        /** The group that it was opened in. */
        @Nullable
        Above above();
    }

    static Verdict of(
            String group, @Nullable Failures bad, @Nullable Cancellation cancellation, @Nullable Above above) {
        return new Verdict(group, bad == null ? null : answersFor(group, bad, cancellation), bad, above);
    }

    /**
     * A failure always; a cancellation if it kept a task from succeeding. An interrupt always, since somebody has to be
     * told of it. That there was enough is no failure; that too few succeeded is one (N9).
     */
    private static @Nullable FirstCause answersFor(String group, Failures bad, @Nullable Cancellation cancellation) {
        FirstCause first = bad.first();
        if (first != null && first.isFailure()) {
            return first;
        }
        boolean tooFew = bad.hasTooFew();
        if (first == null || cancellation == null) { // one that was not to be: it came when the group had just ended
            return tooFew ? tooFew(group, bad) : null;
        }
        if (first.reason() == CancelReason.ENOUGH) {
            return null;
        }
        boolean harmless = !tooFew && bad.counted() + bad.undone() == 0; // fault: harmless-counts-the-undone
        return harmless && first.reason() != CancelReason.INTERRUPTED ? null : first;
    }

    /** The first failure; or that there were too few tasks. */
    private static FirstCause tooFew(String group, Failures bad) {
        FirstCause failure = bad.firstPassed();
        return failure != null
                ? failure
                : FirstCause.ofBody(new IllegalStateException(title(group) + ": "
                        + Plural.of(bad.succeeded(), "task") + " succeeded and none failed, and " + bad.enough()
                        + " were to be enough: too few were started"));
    }

    /** Whether as many had succeeded as are enough before anything else ended the group. */
    boolean hasEnough() {
        FirstCause recorded = bad == null ? null : bad.first();
        return recorded != null && recorded.reason() == CancelReason.ENOUGH;
    }

    /**
     * What {@code settle} throws for (N9): an Error, an interrupt, and the cancellation of the group above, which is to end
     * the task that waits here. The handles tell the rest.
     */
    @Nullable
    FirstCause firstOfSettle() {
        if (first == null) {
            return null;
        }
        return switch (first.reason()) {
            case INTERRUPTED, PARENT -> first;
            case FAILURE -> first.thrown() instanceof Error ? first : null;
            default -> null;
        };
    }

    GroupOutcome outcome() {
        if (first == null) {
            return GroupOutcome.SUCCEEDED;
        }
        return switch (first.reason()) {
            case FAILURE -> GroupOutcome.FAILED;
            case TIMEOUT -> GroupOutcome.TIMED_OUT;
            default -> GroupOutcome.CANCELLED;
        };
    }

    /** The failure that the group ended with; null where it is not a failure that came first. */
    @Nullable
    Throwable failure() {
        return first != null && first.isFailure() ? first.thrown() : null;
    }

    /** What {@code await} throws for a cause; an interrupt as what it is. */
    Throwable toThrowable(FirstCause cause) {
        if (cause.isFailure() && cause.thrown() instanceof Error error) {
            return error;
        }
        if (cause.reason() == CancelReason.INTERRUPTED) {
            InterruptedException interrupt = new InterruptedException(UserText.messageOf(cause.thrown()));
            later().kept().forEach(interrupt::addSuppressed);
            return interrupt;
        }
        return toUnchecked(cause);
    }

    /** What {@code close} throws for a cause: never a user's own instance, which the caller's block may be throwing. */
    Throwable toThrowableOfClose(FirstCause cause) {
        if (cause.isFailure() && cause.thrown() instanceof Error error) {
            return new Error(failureMessage(cause), error);
        }
        return toUnchecked(cause);
    }

    private RuntimeException toUnchecked(FirstCause cause) {
        List<Throwable> later = later().kept();
        if (cause.isFailure()) {
            return new ErrGroupException(
                    failureMessage(cause), cause.thrown(), cause.reason(), group, cause.task(), cause.index(), later);
        }
        if (cause.reason() == CancelReason.PARENT && above != null) {
            Above top = above;
            for (Above next = top.above(); top.reason() == CancelReason.PARENT && next != null; next = top.above()) {
                top = next;
            }
            CancelReason reason = top.reason() == null ? CancelReason.PARENT : top.reason();
            String message = title() + " was cancelled with " + title(top.name()) + " (" + reason + "): "
                    + UserText.of(cause.thrown()) + counts();
            return new ParentCancelledException(message, cause.thrown(), reason, later);
        }
        String text = cancellationMessage(cause);
        return new ErrGroupException(
                text + counts(), asCancellation(cause, text), cause.reason(), group, null, -1, later);
    }

    /**
     * An interrupt where no InterruptedException is declared. Its cause is the first cause, if that is the interrupt: the
     * given one may be made of it, and have the same suppressed exceptions.
     */
    ErrGroupException toUnchecked(InterruptedException interrupt) {
        FirstCause cause = first != null && first.reason() == CancelReason.INTERRUPTED
                ? first
                : FirstCause.ofCancellation(CancelReason.INTERRUPTED, interrupt);
        return new ErrGroupException(
                cancellationMessage(cause) + counts(),
                cause.thrown(),
                CancelReason.INTERRUPTED,
                group,
                null,
                -1,
                later().kept());
    }

    /** What {@code close} throws that had to cancel. */
    IllegalStateException toMisuseOfClose() {
        IllegalStateException misuse = new IllegalStateException(title() + " was closed before its tasks had ended"
                + counts() + ". Call await() before the end of the try block, or cancel() if that is meant");
        later().kept().forEach(misuse::addSuppressed);
        return misuse;
    }

    private static Throwable asCancellation(FirstCause cause, String text) {
        if (cause.thrown() instanceof CancellationException || cause.reason() == CancelReason.TIMEOUT) {
            return cause.thrown();
        }
        CancellationException wrapper = new CancellationException(text);
        wrapper.initCause(cause.thrown());
        return wrapper;
    }

    // ---- messages

    private String title() {
        return title(group);
    }

    private static String title(String name) {
        return "group '" + name + "'";
    }

    private String failureMessage(FirstCause cause) {
        String own = UserText.messageOf(cause.thrown());
        if (cause.task() == null && own != null && own.startsWith(title())) {
            return own;
        }
        StringBuilder message = new StringBuilder(title()).append(": ");
        if (cause.task() == null) {
            message.append("the body");
        } else {
            message.append("task '")
                    .append(cause.task())
                    .append("' (#")
                    .append(cause.index())
                    .append(')');
        }
        // That of a group below begins with its name already.
        Throwable thrown = cause.thrown();
        message.append(" failed: ")
                .append(thrown instanceof ErrGroupException ? thrown.getMessage() : UserText.of(thrown));
        return message.append(laterText()).toString();
    }

    /** Our own causes begin with the group's name. */
    private String cancellationMessage(FirstCause cause) {
        String own = UserText.messageOf(cause.thrown());
        return own != null && own.startsWith(title())
                ? own
                : title() + " was cancelled (" + cause.reason() + "): " + UserText.of(cause.thrown());
    }

    private String counts() {
        if (bad == null) {
            return "";
        }
        long failed = bad.failed.get();
        return "; " + Plural.of(bad.cancelled.get(), "task") + " cancelled, " + bad.skipped.get() + " skipped"
                + (failed == 0 ? "" : ", " + failed + " failed");
    }

    private String laterText() {
        Failures.Later later = later();
        if (later.passed() + later.failures() == 0) {
            return "";
        }
        String dropped = later.dropped() == 0
                ? ""
                : ", of which " + later.dropped() + (later.dropped() == 1 ? " is" : " are") + " dropped";
        String passed = later.passed() == 0 ? "" : "; " + Plural.of(later.passed(), "tolerated failure");
        String after = later.failures() == 0 ? "" : "; " + Plural.of(later.failures(), "later failure");
        return passed + after + dropped;
    }

    private Failures.Later later() {
        return bad == null ? NOTHING_LATER : bad.later(first);
    }
}
