package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code await} by a thread that is interrupted: before, during and after the call. */
class AwaitInterruptContractTest extends GroupContract {

    @Test
    void J4_interrupted_while_it_waits_cancels_the_group_and_throws_InterruptedException() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Subtask<?> task = stuck(group);
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");

        caller.interrupt();

        assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
        assertThat(caller.flagAfterwards()).isFalse();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(group.context().reason()).isEqualTo(CancelReason.INTERRUPTED);
        assertThat(group.context().cause()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void J4_interrupted_it_still_waits_for_the_tasks() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        running(group, end::passIgnoringInterrupts);
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");

        caller.interrupt();
        Threads.until(() -> group.context().isCancelled());
        caller.blockedIn("await");
        caller.interrupt(); // once more: changes nothing
        caller.blockedIn("await");
        assertThat(group.snapshot().pending()).isOne();
        end.open();

        assertThat(caller.flagAfterwards()).isIn(true, false); // waits for its end
        assertThat(group.snapshot().pending()).isZero();
    }

    @Test
    void J4_a_flag_set_on_entry_counts_while_a_task_runs() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Subtask<?> task = stuck(group);

        Caller<?> caller = Caller.runs(() -> {
            Thread.currentThread().interrupt();
            group.await();
        });

        assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
        assertThat(caller.flagAfterwards()).isFalse();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(group.context().reason()).isEqualTo(CancelReason.INTERRUPTED);
    }

    @Test
    void J4_a_flag_set_on_entry_does_not_count_when_every_task_has_ended() throws Exception {
        for (boolean cancelOnError : new boolean[] {true, false}) {
            ErrGroup group = open(o -> o.cancelOnError(cancelOnError));
            group.go(() -> "x");
            untilAllEnded(group);

            Caller<?> caller = Caller.runs(() -> {
                Thread.currentThread().interrupt();
                group.await();
            });

            caller.result();
            assertThat(caller.flagAfterwards()).isTrue();
            assertThat(group.context().reason()).isNull();
        }
    }

    @Test
    void J4_an_interrupt_after_await_changes_no_answer() throws Exception {
        ErrGroup group = open();
        group.go(() -> "x");
        Caller<?> caller = Caller.runs(() -> {
            group.await();
            Thread.currentThread().interrupt();
            group.await();
        });
        caller.result();
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J4_G1_a_failure_that_came_first_beats_an_interrupt_whose_flag_is_then_set_again() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        Gate end = new Gate();
        running(group, end::passIgnoringInterrupts);
        Broken broken = new Broken("beats");
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        group.go(() -> {
            throw broken;
        });
        Threads.until(() -> group.context().isCancelled());

        caller.interrupt();
        Threads.until(() -> !caller.thread().isInterrupted()); // it has noticed
        caller.blockedIn("await");
        end.open();

        assertThat(caller.failure()).isInstanceOf(ErrGroupException.class).hasCause(broken);
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J4_G1_what_fails_after_an_interrupt_is_suppressed_below_it() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        Broken broken = new Broken("because of it");
        running(group, () -> {
            end.passIgnoringInterrupts();
            throw broken;
        });
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        caller.interrupt();
        Threads.until(() -> group.context().isCancelled());
        end.open();

        assertThat(caller.failure()).isInstanceOf(InterruptedException.class).hasSuppressedException(broken);
        assertThat(caller.flagAfterwards()).isFalse();
    }

    @Test
    void J4_an_interrupt_while_only_a_hook_is_waited_for_stays_for_the_caller() throws Exception {
        ErrGroup group = open();
        Gate end = new Gate();
        group.context().addCancellationHook(end::passIgnoringInterrupts);
        Caller<?> canceller = Caller.runs(group::cancel);
        Threads.until(() -> group.context().isCancelled());
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");

        caller.interrupt();
        Threads.until(() -> !caller.thread().isInterrupted()); // it has noticed
        caller.blockedIn("await");
        end.open();

        caller.result(); // no task was cancelled
        assertThat(caller.flagAfterwards()).isTrue();
        canceller.result();
    }

    @Test
    void J4_an_interrupt_while_only_the_telling_of_the_end_is_waited_for_stays_for_the_caller() throws Exception {
        Gate told = new Gate();
        Gate end = new Gate();
        ErrGroup group = open(o -> o.listener(new GroupListener() {
            @Override
            public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
                told.open();
                end.passIgnoringInterrupts();
            }
        }));
        Caller<?> teller = Caller.runs(group::await);
        told.pass();
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");

        caller.interrupt();
        Threads.until(() -> !caller.thread().isInterrupted()); // it has noticed
        caller.blockedIn("await"); // J11: the end is told before any await returns
        end.open();

        caller.result();
        assertThat(caller.flagAfterwards()).isTrue();
        teller.result();
        assertThat(teller.flagAfterwards()).isFalse();
    }

    @Test
    void J4_interrupted_in_a_group_that_was_cancelled_before_and_did_no_harm_throws_InterruptedException()
            throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        running(group, end::passIgnoringInterrupts);
        group.cancel();
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        caller.interrupt();
        Threads.until(() -> !caller.thread().isInterrupted()); // it has noticed
        caller.blockedIn("await");
        end.open();

        assertThat(caller.failure()).isInstanceOf(InterruptedException.class).hasMessageContaining("'contract'");
        assertThat(caller.flagAfterwards()).isFalse();
        assertThat(group.context().reason()).isEqualTo(CancelReason.EXPLICIT);
    }

    @Test
    void J4_the_other_thread_that_waits_is_not_told_that_all_went_well() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        stuck(group);
        Caller<?> interrupted = Caller.runs(group::await).blockedIn("await");
        Caller<?> other = Caller.runs(group::await).blockedIn("await");

        interrupted.interrupt();

        assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        assertThat(other.failure()).isInstanceOfAny(InterruptedException.class, ErrGroupException.class);
    }
}
