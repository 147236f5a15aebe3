package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** What a group that has ended answers, without a group: a verdict is a function of what was recorded. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VerdictTest {
    private static final IOException FAILURE = new IOException("planted");

    private final Failures bad = new Failures(0, 0);

    @Test
    void nothing_recorded_is_a_success() {
        Verdict verdict = Verdict.of("quote", null, null, null);

        assertThat(verdict.first()).isNull();
        assertThat(verdict.firstOfSettle()).isNull();
        assertThat(verdict.failure()).isNull();
        assertThat(verdict.hasEnough()).isFalse();
        assertThat(verdict.outcome()).isEqualTo(GroupOutcome.SUCCEEDED);
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                arguments(CancelReason.TIMEOUT, GroupOutcome.TIMED_OUT),
                arguments(CancelReason.EXPLICIT, GroupOutcome.CANCELLED),
                arguments(CancelReason.INTERRUPTED, GroupOutcome.CANCELLED),
                arguments(CancelReason.PARENT, GroupOutcome.CANCELLED),
                arguments(CancelReason.CLOSED, GroupOutcome.CANCELLED),
                arguments(CancelReason.SHUTDOWN, GroupOutcome.CANCELLED));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void a_cancellation_that_kept_a_task_from_succeeding_is_answered_for(CancelReason reason, GroupOutcome outcome) {
        bad.cancelled.incrementAndGet();

        Verdict verdict = cancelled(reason);

        assertThat(verdict.first()).isNotNull().extracting(FirstCause::reason).isEqualTo(reason);
        assertThat(verdict.outcome()).isEqualTo(outcome);
        assertThat(verdict.failure()).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = CancelReason.class,
            mode = Mode.EXCLUDE,
            names = {"FAILURE", "INTERRUPTED", "ENOUGH"})
    void a_cancellation_that_came_when_every_task_had_succeeded_is_not(CancelReason reason) {
        Verdict verdict = cancelled(reason);

        assertThat(verdict.first()).isNull();
        assertThat(verdict.outcome()).isEqualTo(GroupOutcome.SUCCEEDED);
    }

    @Test
    void an_interrupt_is_answered_for_even_if_every_task_had_succeeded() {
        Verdict verdict = cancelled(CancelReason.INTERRUPTED);

        assertThat(verdict.first()).isNotNull();
        assertThat(thrown(verdict))
                .isExactlyInstanceOf(InterruptedException.class)
                .hasMessage("planted");
        assertThat(verdict.toUnchecked(new InterruptedException("here")))
                .hasMessageStartingWith("group 'quote' was cancelled (INTERRUPTED): ")
                .satisfies(unchecked -> assertThat(unchecked.reason()).isEqualTo(CancelReason.INTERRUPTED))
                .hasCause(verdict.first().thrown());
    }

    @Test
    void enough_is_no_failure_whatever_it_cancelled() {
        bad.cancelled.incrementAndGet();

        Verdict verdict = cancelled(CancelReason.ENOUGH);

        assertThat(verdict.first()).isNull();
        assertThat(verdict.hasEnough()).isTrue();
        assertThat(verdict.outcome()).isEqualTo(GroupOutcome.SUCCEEDED);
    }

    @Test
    void too_few_successes_are_a_failure_that_tells_how_many_there_were() {
        Failures few = new Failures(0, 3);
        few.succeeds();

        Verdict verdict = Verdict.of("quote", few, null, null);

        assertThat(verdict.outcome()).isEqualTo(GroupOutcome.FAILED);
        assertThat(verdict.failure())
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("group 'quote': 1 task succeeded and none failed, and 3 were to be enough: too few were"
                        + " started");
    }

    @Test
    void a_cause_that_was_recorded_when_the_group_had_just_ended_is_none() {
        bad.record(FirstCause.ofCancellation(CancelReason.INTERRUPTED, FAILURE)); // else always answered for

        assertThat(Verdict.of("quote", bad, null, null).first()).isNull();
    }

    @Test
    void a_failure_is_the_cause_of_what_await_and_close_throw_with_the_later_ones_suppressed() {
        IOException second = new IOException("second");
        fails("price", 7, FAILURE);
        fails("stock", 8, second);
        bad.cancelled.incrementAndGet();

        Verdict verdict = Verdict.of("quote", bad, null, null);

        assertThat(verdict.failure()).isSameAs(FAILURE);
        assertThat(verdict.firstOfSettle()).isNull();
        for (Throwable answer : new Throwable[] {thrown(verdict), verdict.toThrowableOfClose(verdict.first())}) {
            assertThat(answer)
                    .isExactlyInstanceOf(ErrGroupException.class)
                    .hasMessage(
                            "group 'quote': task 'price' (#7) failed: java.io.IOException: planted; 1 later failure")
                    .hasSuppressedException(second);
            assertThat(answer.getCause()).isSameAs(FAILURE);
            assertThat(((ErrGroupException) answer).task()).isEqualTo("price");
            assertThat(((ErrGroupException) answer).index()).isEqualTo(7);
        }
    }

    @Test
    void an_error_is_thrown_as_itself_by_await_and_settle_and_in_another_by_close() {
        Error error = new AssertionError("planted");
        fails("price", 0, error);

        Verdict verdict = Verdict.of("quote", bad, null, null);

        assertThat(thrown(verdict)).isSameAs(error);
        assertThat(verdict.firstOfSettle()).isSameAs(verdict.first());
        assertThat(verdict.toThrowableOfClose(verdict.first()))
                .isExactlyInstanceOf(Error.class)
                .hasMessage("group 'quote': task 'price' (#0) failed: java.lang.AssertionError: planted")
                .hasCause(error);
    }

    @Test
    void an_error_beats_what_came_before_it() {
        fails("price", 0, FAILURE);
        Error error = new AssertionError("planted");
        fails("stock", 1, error);

        assertThat(Verdict.of("quote", bad, null, null).failure()).isSameAs(error);
    }

    static Stream<Arguments> settling() {
        return Stream.of(CancelReason.values())
                .filter(reason -> reason != CancelReason.FAILURE && reason != CancelReason.ENOUGH)
                .map(reason -> arguments(reason, reason == CancelReason.INTERRUPTED || reason == CancelReason.PARENT));
    }

    @ParameterizedTest
    @MethodSource("settling")
    void settle_throws_for_an_interrupt_and_for_the_group_above_alone(CancelReason reason, boolean throwsIt) {
        bad.skipped.incrementAndGet();

        assertThat(cancelled(reason).firstOfSettle() != null).isEqualTo(throwsIt);
    }

    @Test
    void a_cancellation_is_a_CancellationException_and_a_deadline_a_TimeoutException() {
        bad.cancelled.addAndGet(2);
        bad.skipped.incrementAndGet();

        assertThat(thrown(cancelled(CancelReason.SHUTDOWN)))
                .hasMessage("group 'quote' was cancelled (SHUTDOWN): java.io.IOException: planted; 2 tasks cancelled, 1"
                        + " skipped")
                .hasCauseExactlyInstanceOf(CancellationException.class)
                .hasRootCause(FAILURE);
        TimeoutException late = new TimeoutException("group 'quote': timed out");
        Failures deadline = new Failures(0, 0);
        deadline.cancelled.incrementAndGet();
        deadline.record(FirstCause.ofCancellation(CancelReason.TIMEOUT, late));
        assertThat(thrown(Verdict.of("quote", deadline, cancellation(CancelReason.TIMEOUT), null)))
                .hasMessage("group 'quote': timed out; 1 task cancelled, 0 skipped")
                .hasCause(late);
    }

    @Test
    void the_reason_of_a_group_below_is_that_of_the_outermost_one_that_was_cancelled() {
        bad.cancelled.incrementAndGet();
        Above top = new Above("import", CancelReason.TIMEOUT, null);
        Above middle = new Above("row", CancelReason.PARENT, top);

        Verdict verdict = cancelled(CancelReason.PARENT, middle);

        assertThat(thrown(verdict))
                .isExactlyInstanceOf(ParentCancelledException.class)
                .hasMessage("group 'quote' was cancelled with group 'import' (TIMEOUT): java.io.IOException: planted; 1"
                        + " task cancelled, 0 skipped")
                .hasCause(FAILURE);
        assertThat(((ParentCancelledException) thrown(verdict)).reason()).isEqualTo(CancelReason.TIMEOUT);
    }

    @Test
    void a_close_that_had_to_cancel_tells_what_to_call_before() {
        bad.skipped.incrementAndGet();

        assertThat(Verdict.of("quote", bad, null, null).toMisuseOfClose())
                .hasMessage("group 'quote' was closed before its tasks had ended; 0 tasks cancelled, 1 skipped. Call"
                        + " await() before the end of the try block, or cancel() if that is meant");
    }

    private Verdict cancelled(CancelReason reason) {
        return cancelled(reason, null);
    }

    private Verdict cancelled(CancelReason reason, @Nullable Above above) {
        bad.record(FirstCause.ofCancellation(reason, FAILURE));
        return Verdict.of("quote", bad, cancellation(reason), above);
    }

    private static Cancellation cancellation(CancelReason reason) {
        return new Cancellation(reason, FAILURE, 0);
    }

    private void fails(String task, long index, Throwable thrown) {
        bad.failed.incrementAndGet();
        bad.record(new FirstCause(CancelReason.FAILURE, thrown, task, index));
    }

    private static Throwable thrown(Verdict verdict) {
        return verdict.toThrowable(verdict.first());
    }

    /** A group in which another was opened. */
    private record Above(
            String name, CancelReason reason, @Nullable Above above) implements Verdict.Above {}
}
