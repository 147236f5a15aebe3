package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupSnapshot.Phase;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import org.junit.jupiter.api.Test;

/** {@code close}: cancels, waits, and loses nothing silently. */
class CloseContractTest extends GroupContract {

    @Test
    void J5_after_await_has_nothing_to_say() throws Exception {
        ErrGroup group = open();
        group.go(() -> "x");
        group.await();
        group.close();
        group.close();
        assertThat(group.snapshot().phase()).isEqualTo(Phase.CLOSED);
    }

    @Test
    void J5_of_a_group_without_tasks_has_nothing_to_say() {
        open().close();
        open(o -> o.cancelOnError(false)).close();
    }

    @Test
    void J5_without_await_throws_the_failure_of_a_task() {
        ErrGroup group = open();
        Broken broken = new Broken("unheard");
        group.go("price", () -> {
            throw broken;
        });
        untilAllEnded(group);

        assertThat(catchThrowable(group::close))
                .isInstanceOf(ErrGroupException.class)
                .hasMessageContaining("price")
                .hasCause(broken);
        group.close();
    }

    @Test
    void J5_without_await_throws_a_failure_in_a_group_that_does_not_cancel_too() {
        ErrGroup group = open(o -> o.cancelOnError(false));
        Broken broken = new Broken("unheard");
        group.go(() -> {
            throw broken;
        });
        untilAllEnded(group);
        assertThat(catchThrowable(group::close)).hasCause(broken);
    }

    @Test
    void J5_J7_without_await_throws_an_Error_as_the_cause_of_a_new_one() {
        ErrGroup group = open();
        Error error = new LinkageError("unheard");
        group.go("price", () -> {
            throw error;
        });
        untilAllEnded(group);
        assertThat(catchThrowable(group::close))
                .isInstanceOf(Error.class)
                .hasMessageContaining("price")
                .hasCause(error);
        assertThat(error.getSuppressed()).isEmpty();
    }

    @Test
    void J5_a_body_may_throw_a_tasks_Error_without_await() {
        Error error = new LinkageError("the task's");
        Throwable thrown = catchThrowable(() -> {
            try (ErrGroup group = open()) {
                Subtask<?> task = group.go(() -> {
                    throw error;
                });
                untilAllEnded(group);
                throw task.exception();
            }
        });
        assertThat(thrown).isSameAs(error);
        assertThat(error.getSuppressed())
                .singleElement()
                .satisfies(told -> assertThat(told).hasCause(error));
    }

    @Test
    void J5_G1_a_failure_because_of_the_close_is_counted_and_suppressed() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Broken broken = new Broken("because of it");
        running(group, () -> {
            try {
                new Gate().pass();
            } catch (InterruptedException e) {
                throw broken;
            }
        });

        assertThatIllegalStateException()
                .isThrownBy(group::close)
                .withMessageContaining("0 tasks cancelled, 0 skipped, 1 failed")
                .satisfies(thrown -> assertThat(thrown).hasSuppressedException(broken));
    }

    @Test
    void J5_says_a_failure_once_if_await_has_said_it() {
        ErrGroup group = open();
        group.go(() -> {
            throw new Broken("heard");
        });
        assertThat(catchThrowable(group::await)).isInstanceOf(ErrGroupException.class);
        group.close();
    }

    @Test
    void J5_without_await_or_cancel_and_with_work_cut_short_is_an_IllegalStateException_with_the_counts()
            throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        Gate running = new Gate();
        Subtask<?> started = group.go(() -> {
            group.go("queued", () -> {});
            running.open();
            new Gate().pass();
        });
        running.pass();

        assertThatIllegalStateException()
                .isThrownBy(group::close)
                .withMessageContaining("contract")
                .withMessageContaining("await")
                .withMessageMatching("(?s).*\\b1\\b.*\\b1\\b.*");

        assertThat(started.state()).isEqualTo(State.CANCELLED);
        assertThat(group.context().reason()).isEqualTo(CancelReason.CLOSED);
        assertThat(group.snapshot().skipped()).isOne();
    }

    @Test
    void J5_without_await_says_that_tasks_were_skipped_though_none_was_cancelled() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        Gate end = new Gate();
        group.context().addCancellationHook(end::open);
        Gate queued = new Gate();
        Subtask<?> started = group.go(() -> {
            group.go("queued", () -> {});
            queued.open();
            end.passIgnoringInterrupts();
        });
        queued.pass();

        assertThatIllegalStateException()
                .isThrownBy(group::close)
                .withMessageContaining("0 tasks cancelled, 1 skipped");

        assertThat(started.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void J5_without_await_has_nothing_to_say_when_every_task_had_succeeded() {
        ErrGroup group = open();
        group.go(() -> "x");
        untilAllEnded(group);
        group.close();
        assertThat(group.context().reason()).isNull();
    }

    @Test
    void J5_after_cancel_has_nothing_to_say() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Subtask<?> task = stuck(group);
        group.cancel();
        group.close();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void J5_waits_for_a_task_that_ignores_the_cancellation_and_is_not_hurried_by_an_interrupt() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        running(group, end::passIgnoringInterrupts);
        group.cancel();
        Caller<?> caller = Caller.runs(group::close).blockedIn("close");

        caller.interrupt();
        caller.blockedIn("close");
        assertThat(group.snapshot().pending()).isOne();
        end.open();

        caller.result();
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J5_with_the_flag_set_before_waits_too_and_keeps_the_flag() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        Subtask<?> task = running(group, end::passIgnoringInterrupts);
        Caller<State> caller = Caller.calls(() -> {
            Thread.currentThread().interrupt();
            group.cancel();
            group.close();
            return task.state();
        });
        caller.blockedIn("close");
        end.open();

        assertThat(caller.result()).isEqualTo(State.SUCCEEDED);
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J5_an_interrupt_after_it_stays() throws Exception {
        ErrGroup group = open();
        group.go(() -> "x");
        untilAllEnded(group);
        Caller<?> caller = Caller.runs(() -> {
            group.close();
            Thread.currentThread().interrupt();
            group.close();
        });
        caller.result();
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J5_what_the_body_threw_stays_the_first_exception() throws Exception {
        needsTasksAtOnce(1);
        Broken body = new Broken("body");
        Throwable thrown = catchThrowable(() -> {
            try (ErrGroup group = open()) {
                stuck(group);
                throw body;
            }
        });
        assertThat(thrown).isSameAs(body);
        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void J4_J5_a_thread_that_awaits_while_another_closes_is_released() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        stuck(group);
        Caller<?> waiting = Caller.runs(group::await).blockedIn("await");

        catchThrowable(group::close);

        assertThat(waiting.failure()).isInstanceOf(ErrGroupException.class);
    }
}
