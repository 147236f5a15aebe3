package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** N9: some successes are enough, and the rest is cancelled. */
class EnoughContractTest extends GroupContract {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final HandClock clock = new HandClock();

    private final Recorder recorder = new Recorder();

    private final Gate end = new Gate();

    private static Subtask<?> failing(ErrGroup group, Exception failure) {
        return group.go(() -> {
            throw failure;
        });
    }

    @Test
    void N9_after_the_last_success_that_is_enough_the_rest_is_cancelled_and_await_returns() throws Exception {
        needsTasksAtOnce(3);
        ErrGroup group = open(o -> o.enough(2).listener(recorder));
        Subtask<?> loser = stuck(group);
        Subtask<String> one = group.go(() -> "one");
        Threads.until(() -> one.state().isEnded());
        assertThat(group.context().isCancelled()).isFalse();
        Subtask<String> two = group.go(() -> "two");

        group.await();

        assertThat(one.get() + two.get()).isEqualTo("onetwo");
        assertThat(loser.state()).isEqualTo(State.CANCELLED);
        assertThat(group.context().reason()).isEqualTo(CancelReason.ENOUGH);
        assertThat(group.context().cause())
                .isInstanceOf(CancellationException.class)
                .hasMessage("group 'contract' has enough: 2 tasks succeeded");
        assertThat(recorder.count("cancel ENOUGH")).isOne();
        assertThat(recorder.count("cancelled")).isOne();
        assertThat(recorder.events()).endsWith("ended SUCCEEDED");
        group.close();
    }

    @Test
    void N9_a_failure_cancels_nothing_while_there_may_be_enough() throws Exception {
        ErrGroup group = open(o -> o.enough(1).limit(1));
        Subtask<?> failed = failing(group, new Broken("early"));
        Subtask<String> good = group.go(() -> "good");
        group.await();
        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(good.get()).isEqualTo("good");
    }

    @Test
    void N9_G1_fewer_successes_throw_the_first_failure_with_the_others_suppressed() throws Exception {
        needsTasksInARow(1);
        ErrGroup group = open(o -> o.enough(2).limit(1).listener(recorder));
        Subtask<String> good = group.go(() -> "good");
        Subtask<?> first = failing(group, new Broken("first"));
        Subtask<?> second = failing(group, new Broken("second"));
        Subtask<?> third = failing(group, new Broken("third"));

        Throwable thrown = catchThrowable(group::await);

        assertThat(good.state().isEnded()).isTrue();
        assertThat(thrown).isInstanceOf(ErrGroupException.class);
        assertThat(((ErrGroupException) thrown).reason()).isEqualTo(CancelReason.FAILURE);
        if (workplace != Workplace.DROPS_EVERY_THIRD && workplace != Workplace.REJECTS_EVERY_THIRD) {
            assertThat(thrown).hasCause(first.exception()).hasMessageContaining("2 later failures");
            assertThat(thrown.getSuppressed()).containsExactly(second.exception(), third.exception());
        }
        assertThat(group.context().reason()).isNull();
        assertThat(recorder.events()).endsWith("ended FAILED");
        assertThat(catchThrowable(group::await)).hasSameClassAs(thrown).hasMessage(thrown.getMessage());
        group.close();
    }

    @Test
    void N9_too_few_tasks_for_enough_successes_are_told() throws Exception {
        ErrGroup group = open(o -> o.enough(2).listener(recorder));
        group.go(() -> "only");

        assertThat(catchThrowable(group::await))
                .isInstanceOf(ErrGroupException.class)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessage("group 'contract': 1 task succeeded and none failed, and 2 were to be enough: too few were"
                        + " started");
        assertThat(recorder.events()).endsWith("ended FAILED");
        group.close();
    }

    @Test
    void N9_J5_close_without_await_throws_nothing_once_there_was_enough() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.enough(1));
        stuck(group);
        group.go(() -> "good");
        Threads.until(() -> group.context().isCancelled());
        group.close();
        assertThat(group.context().reason()).isEqualTo(CancelReason.ENOUGH);
    }

    @Test
    void N9_J5_close_without_await_throws_the_first_failure_if_there_was_not_enough() throws Exception {
        ErrGroup group = open(o -> o.enough(1));
        Subtask<?> failed = failing(group, new Broken("first"));
        untilAllEnded(group);
        assertThat(catchThrowable(group::close))
                .isInstanceOf(ErrGroupException.class)
                .hasCause(failed.exception());
    }

    @Test
    void N9_what_a_loser_throws_afterwards_is_told_by_its_handle_alone() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.enough(1));
        Broken broken = new Broken("late");
        Subtask<?> loser = running(group, () -> {
            end.passIgnoringInterrupts();
            throw broken;
        });
        group.go(() -> "good");
        Threads.until(() -> group.context().isCancelled());
        end.open();

        group.await();

        assertThat(loser.state()).isEqualTo(State.FAILED);
        assertThat(loser.exception()).isSameAs(broken);
        group.close();
    }

    @Test
    void N9_G1_an_Error_of_a_loser_beats_it() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.enough(1));
        AssertionError error = new AssertionError("late");
        running(group, () -> {
            end.passIgnoringInterrupts();
            throw error;
        });
        group.go(() -> "good");
        Threads.until(() -> group.context().isCancelled());
        end.open();
        assertThat(catchThrowable(group::await)).isSameAs(error);
    }

    @Test
    void N9_tolerate_says_how_many_failures_pass() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.enough(2).tolerate(1).limit(2));
        Subtask<?> stuck = stuck(group);
        Subtask<?> first = failing(group, new Broken("first"));
        Threads.until(() -> first.state().isEnded() || workplace == Workplace.DROPS_EVERY_THIRD);
        Subtask<?> second = failing(group, new Broken("second"));

        Throwable thrown = catchThrowable(group::await);

        assertThat(stuck.state()).isEqualTo(State.CANCELLED);
        assertThat(group.context().reason()).isEqualTo(CancelReason.FAILURE);
        assertThat(group.context().cause()).isSameAs(thrown.getCause());
        if (workplace != Workplace.DROPS_EVERY_THIRD) {
            assertThat(thrown).hasCause(first.exception()).hasMessageContaining("1 later failure");
            assertThat(thrown.getSuppressed()).containsExactly(second.exception());
        }
    }

    @Test
    void N9_settle_throws_nothing_where_there_was_not_enough() throws Exception {
        ErrGroup group = open(o -> o.enough(2));
        Subtask<?> failed = failing(group, new Broken("first"));
        group.settle();
        assertThat(failed.state()).isEqualTo(State.FAILED);
        group.close();
    }

    @Test
    void N9_N7_a_group_below_a_loser_is_cancelled_from_above() throws Exception {
        needsTasksAtOnce(3);
        ErrGroup group = open(o -> o.enough(1));
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Gate running = new Gate();
        group.go(() -> {
            ErrGroup below = open();
            below.go(() -> {
                running.open();
                new Gate().pass();
            });
            thrown.set(catchThrowable(below::await));
            throw new Broken("because of it");
        });
        running.pass();
        group.go(() -> "good");
        group.await();
        assertThat(thrown.get()).isInstanceOf(ParentCancelledException.class);
        assertThat(((ParentCancelledException) thrown.get()).reason()).isEqualTo(CancelReason.ENOUGH);
    }

    @Test
    void N9_N4_a_caller_blocked_in_go_goes_on_with_a_skipped_task() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.enough(1).limit(2));
        Gate winner = new Gate();
        running(group, winner::pass);
        stuck(group);
        Caller<Subtask<String>> caller =
                Caller.calls(() -> group.go(() -> "never")).blockedIn("go");
        winner.open();
        State state = caller.result().state();
        assertThat(state).isIn(State.SKIPPED, State.SUCCEEDED);
        group.await();
    }

    /** The order is kept by latches: what came first is what the group answers for. */
    @Nested
    class Against {
        @Test
        void N9_G1_a_failure_beyond_what_passes_that_came_first() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.enough(1).tolerate(0));
            Subtask<?> good = running(group, end::passIgnoringInterrupts);
            Broken broken = new Broken("first");
            Subtask<?> failed = failing(group, broken);
            Threads.until(() -> group.context().isCancelled());
            end.open();
            assertThat(catchThrowable(group::await)).hasCause(failed.exception());
            assertThat(good.state()).isEqualTo(State.SUCCEEDED);
        }

        @Test
        void N9_G1_a_deadline_that_came_first() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.enough(1).timeout(DEADLINE).clock(clock));
            Subtask<?> good = running(group, end::passIgnoringInterrupts);
            stuck(group);
            clock.advance(DEADLINE);
            Threads.until(() -> group.context().isCancelled());
            end.open();
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(TimeoutException.class);
            assertThat(good.state()).isEqualTo(State.SUCCEEDED);
            assertThat(group.context().reason()).isEqualTo(CancelReason.TIMEOUT);
        }

        @Test
        void N9_G1_a_deadline_that_came_after_it() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.enough(1).timeout(DEADLINE).clock(clock));
            running(group, end::passIgnoringInterrupts);
            group.go(() -> "good");
            Threads.until(() -> group.context().isCancelled());
            clock.advance(DEADLINE);
            end.open();
            group.await();
            assertThat(group.context().reason()).isEqualTo(CancelReason.ENOUGH);
        }

        @Test
        void N9_a_deadline_after_which_all_succeed_but_too_few() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.enough(2).timeout(DEADLINE).clock(clock));
            running(group, end::passIgnoringInterrupts);
            clock.advance(DEADLINE);
            Threads.until(() -> group.context().isCancelled());
            end.open();
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(TimeoutException.class);
        }

        @Test
        void N9_J5_a_close_that_came_first() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.enough(1));
            Subtask<?> good = running(group, end::passIgnoringInterrupts);
            stuck(group);
            Caller<?> closing = Caller.runs(() ->
                    assertThatIllegalStateException().isThrownBy(group::close).withMessageContaining("await()"));
            Threads.until(() -> group.context().isCancelled());
            end.open();
            closing.result();
            assertThat(good.state()).isEqualTo(State.SUCCEEDED);
            assertThat(group.context().reason()).isEqualTo(CancelReason.CLOSED);
        }

        @Test
        void N9_J4_an_interrupt_of_the_waiting_thread_that_came_after_it_leaves_the_flag() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.enough(1));
            running(group, end::passIgnoringInterrupts);
            group.go(() -> "good");
            Threads.until(() -> group.context().isCancelled());
            Caller<?> caller = Caller.runs(group::await).blockedIn("await");
            caller.interrupt();
            Threads.until(() -> !caller.thread().isInterrupted());
            end.open();
            caller.result();
            assertThat(caller.flagAfterwards()).isTrue();
        }
    }
}
