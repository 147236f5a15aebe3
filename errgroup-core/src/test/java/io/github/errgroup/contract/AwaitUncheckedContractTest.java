package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** {@code await} without a checked exception, and with two. */
class AwaitUncheckedContractTest extends GroupContract {

    @Test
    void J4_an_interrupt_is_an_ErrGroupException_and_the_flag_is_set_again() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Subtask<?> task = stuck(group);
        Caller<?> caller = Caller.runs(group::awaitUnchecked).blockedIn("awaitUnchecked");

        caller.interrupt();

        assertThat(caller.failure())
                .isInstanceOf(ErrGroupException.class)
                .hasMessageContaining("group 'contract'")
                .hasMessageContaining("1 task cancelled")
                .hasCauseInstanceOf(InterruptedException.class)
                .extracting(e -> ((ErrGroupException) e).reason())
                .isEqualTo(CancelReason.INTERRUPTED);
        assertThat(caller.failure().getCause()).isSameAs(group.context().cause());
        assertThat(caller.flagAfterwards()).isTrue();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void J4_what_fails_after_the_interrupt_is_suppressed_once() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        Broken broken = new Broken("because of it");
        running(group, () -> {
            end.passIgnoringInterrupts();
            throw broken;
        });
        Caller<?> caller = Caller.runs(group::awaitUnchecked).blockedIn("awaitUnchecked");
        caller.interrupt();
        Threads.until(() -> group.context().isCancelled());
        end.open();

        assertThat(caller.failure().getSuppressed()).containsExactly(broken);
        assertThat(caller.failure().getCause().getSuppressed()).isEmpty();
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J4_an_interrupt_in_a_group_that_had_been_cancelled_and_did_no_harm_is_told_too() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        Subtask<?> task = running(group, end::passIgnoringInterrupts);
        group.cancel();
        Caller<?> caller = Caller.runs(group::awaitUnchecked).blockedIn("awaitUnchecked");
        caller.interrupt();
        Threads.until(() -> !caller.thread().isInterrupted());
        end.open();

        assertThat(caller.failure())
                .isInstanceOf(ErrGroupException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(caller.flagAfterwards()).isTrue();
        assertThat(task.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void J4_a_flag_set_when_every_task_has_ended_stays_and_nothing_is_thrown() throws Exception {
        ErrGroup group = open();
        group.go(() -> "x");
        untilAllEnded(group);
        Caller<?> caller = Caller.runs(() -> {
            Thread.currentThread().interrupt();
            group.awaitUnchecked();
        });
        caller.result();
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J7_everything_else_is_as_await_throws_it() {
        needsTasksInARow(3);
        IOException failure = new IOException("broken");
        ErrGroup failed = open();
        failed.go(() -> {
            throw failure;
        });
        assertThatExceptionOfType(ErrGroupException.class)
                .isThrownBy(failed::awaitUnchecked)
                .withCause(failure);

        ErrGroup cancelled = open();
        cancelled.cancel();
        cancelled.go(() -> {});
        assertThatExceptionOfType(ErrGroupException.class)
                .isThrownBy(cancelled::awaitUnchecked)
                .withCauseInstanceOf(CancellationException.class);

        AssertionError error = new AssertionError("an Error");
        ErrGroup broken = open();
        broken.go(() -> {
            throw error;
        });
        assertThat(catchThrowable(broken::awaitUnchecked)).isSameAs(error);
    }

    @Test
    void J7_await_of_two_types_rethrows_either_as_itself() {
        needsTasksInARow(3);
        IOException io = new IOException("io");
        SQLException sql = new SQLException("sql");
        Broken other = new Broken("other");
        for (Exception failure : new Exception[] {io, sql, other}) {
            ErrGroup group = open();
            group.go(() -> {
                throw failure;
            });
            Throwable thrown = catchThrowable(() -> group.await(IOException.class, SQLException.class));
            if (failure == other) {
                assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCause(other);
            } else {
                assertThat(thrown).isSameAs(failure);
            }
        }
    }

    @Test
    void J4_callUnchecked_tells_an_interrupt_of_the_wait_and_of_the_body_in_the_same_way() throws Exception {
        needsTasksAtOnce(1);
        InterruptedException ofTheBody = new InterruptedException("of the body");
        Caller<?> waits = Caller.calls(() -> ErrGroup.callUnchecked(options().build(), group -> {
            stuck(group);
            Thread.currentThread().interrupt();
            return "not given";
        }));
        Caller<?> throwsIt = Caller.calls(() -> ErrGroup.callUnchecked(options().build(), group -> {
            stuck(group);
            throw ofTheBody;
        }));
        for (Caller<?> caller : new Caller<?>[] {waits, throwsIt}) {
            assertThat(caller.failure())
                    .isInstanceOf(ErrGroupException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(caller.flagAfterwards()).isTrue();
        }
        assertThat(throwsIt.failure()).hasCause(ofTheBody);
    }
}
