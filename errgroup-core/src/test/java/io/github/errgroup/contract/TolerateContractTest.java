package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** N9: up to f failures of a group are none. */
class TolerateContractTest extends GroupContract {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final HandClock clock = new HandClock();

    private final Recorder recorder = new Recorder();

    /** Starts a task that fails, or is rejected, and waits for its end. */
    private static Subtask<?> failing(ErrGroup group) {
        Subtask<?> task = group.go(() -> {
            throw new Broken("broken");
        });
        Threads.until(() -> task.state().isEnded() || isLost(group));
        return task;
    }

    /** Where tasks are dropped, they run once somebody waits. */
    private static boolean isLost(ErrGroup group) {
        return group.options().starvationTimeout().toMillis() < 10;
    }

    @Test
    void N9_so_many_failures_neither_cancel_nor_are_thrown() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.tolerate(2).listener(recorder));
        Gate end = new Gate();
        Subtask<?> slow = running(group, end::pass);
        Subtask<?> one = failing(group);
        Subtask<?> two = failing(group);
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        Threads.until(() -> two.state().isEnded());
        assertThat(group.context().isCancelled()).isFalse();
        end.open();

        caller.result();
        assertThat(slow.state()).isEqualTo(State.SUCCEEDED);
        assertThat(List.of(one.state(), two.state())).containsOnly(State.FAILED);
        assertThat(recorder.events()).endsWith("ended SUCCEEDED");
        assertThat(recorder.countOf("cancel")).isZero();
        assertThat(group.context().reason()).isNull();
        group.close();
    }

    @Test
    void N9_G1_J7_the_next_failure_is_thrown_with_the_tolerated_ones_among_its_suppressed() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.tolerate(2).limit(2).listener(recorder));
        Subtask<?> running = stuck(group);
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Subtask<?> task = failing(group);
            if (isLost(group)) {
                return; // in what order they end is not known
            }
            failures.add(task.exception());
        }

        Throwable thrown = catchThrowable(group::await);

        assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCause(failures.get(2));
        assertThat(thrown.getSuppressed()).containsExactly(failures.get(0), failures.get(1));
        assertThat(thrown).hasMessageContaining("2 tolerated failures").hasMessageNotContaining("later");
        assertThat(running.state()).isEqualTo(State.CANCELLED);
        assertThat(group.context().reason()).isEqualTo(CancelReason.FAILURE);
        assertThat(recorder.events()).endsWith("ended FAILED");
    }

    @Test
    void N9_J14_of_many_tolerated_failures_a_bounded_number_is_kept() throws Exception {
        ErrGroup group = open(o -> o.tolerate(29).limit(1));
        for (int i = 0; i < 30; i++) {
            group.go(() -> {
                throw new Broken("one of many");
            });
        }
        Throwable thrown = catchThrowable(group::await);
        assertThat(thrown.getSuppressed()).hasSize(16);
        assertThat(thrown).hasMessageContaining("29 tolerated failures, of which 13 are dropped");
    }

    @Test
    void N9_J5_close_throws_nothing_for_tolerated_failures() throws Exception {
        ErrGroup group = open(o -> o.tolerate(1));
        failing(group);
        untilAllEnded(group);
        group.close();
    }

    @Test
    void N9_J5_close_says_that_it_cancelled_whatever_was_tolerated() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.tolerate(1));
        failing(group);
        stuck(group);
        assertThatIllegalStateException().isThrownBy(group::close).withMessageContaining("await()");
    }

    @Test
    void N9_an_Error_is_never_tolerated() throws Exception {
        AssertionError error = new AssertionError("an Error");
        ErrGroup group = open(o -> o.tolerate(9));
        group.go(() -> {
            throw error;
        });
        assertThat(catchThrowable(group::await)).isSameAs(error);
    }

    @Test
    void N9_G1_a_deadline_after_a_tolerated_failure_is_thrown_with_it_suppressed() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.tolerate(1).timeout(DEADLINE).clock(clock));
        Subtask<?> stuck = stuck(group);
        Subtask<?> failed = failing(group);
        Threads.until(() -> failed.state().isEnded() || isLost(group));
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        Threads.until(() -> failed.state().isEnded());

        clock.advance(DEADLINE);

        Throwable thrown = caller.failure();
        assertThat(thrown).hasCauseInstanceOf(TimeoutException.class).hasSuppressedException(failed.exception());
        assertThat(stuck.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void N9_a_deadline_that_keeps_no_task_from_its_end_throws_nothing_for_tolerated_failures() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.tolerate(1).timeout(DEADLINE).clock(clock));
        Gate end = new Gate();
        running(group, end::passIgnoringInterrupts);
        Subtask<?> failed = failing(group);
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        Threads.until(() -> failed.state().isEnded());

        clock.advance(DEADLINE);
        Threads.until(() -> group.context().isCancelled());
        end.open();

        caller.result();
    }

    @Test
    void N9_a_call_throws_what_its_body_throws() {
        Broken broken = new Broken("the body's");
        Throwable thrown =
                catchThrowable(() -> ErrGroup.call(options().tolerate(1).build(), group -> {
                    throw broken;
                }));
        assertThat(thrown).isSameAs(broken);
    }
}
