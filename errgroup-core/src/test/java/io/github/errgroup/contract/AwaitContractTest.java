package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code await}: when it returns, and what it throws. */
class AwaitContractTest extends GroupContract {

    @Test
    void G2_of_a_group_without_tasks_returns() throws Exception {
        open().await();
        open(o -> o.cancelOnError(false)).await();
    }

    @Test
    void G2_returns_only_when_every_task_has_ended_and_none_runs_user_code_afterwards() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        Gate end = new Gate();
        AtomicInteger inside = new AtomicInteger();
        Subtask<?> stubborn = running(group, () -> {
            inside.incrementAndGet();
            end.passIgnoringInterrupts();
            inside.decrementAndGet();
        });
        Broken broken = new Broken("first");
        group.go(() -> {
            throw broken;
        });

        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        Threads.until(() -> group.context().isCancelled());
        assertThat(caller.isDone()).isFalse();
        end.open();

        assertThat(caller.failure()).hasCause(broken);
        assertThat(inside).hasValue(0);
        assertThat(stubborn.state()).as("returned in spite of the cancellation").isEqualTo(State.SUCCEEDED);
    }

    @Test
    void G2_may_be_called_again_and_by_a_second_thread_and_gives_the_same_answer() throws Exception {
        ErrGroup group = open();
        Broken broken = new Broken("the answer");
        group.go(() -> {
            throw broken;
        });

        assertThat(catchThrowable(group::await)).hasCause(broken);
        assertThat(catchThrowable(group::await)).hasCause(broken);
        assertThat(Caller.runs(group::await).failure()).hasCause(broken);
    }

    @Test
    void G2_many_threads_may_wait_at_once() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        group.go(() -> end.pass());
        List<Caller<?>> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            callers.add(Caller.runs(group::await).blockedIn("await"));
        }
        end.open();
        for (Caller<?> caller : callers) {
            caller.result();
        }
    }

    @Test
    void G2_two_threads_may_wait_at_once() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Gate end = new Gate();
        Broken broken = new Broken("the answer");
        group.go(() -> {
            end.pass();
            throw broken;
        });
        Caller<?> one = Caller.runs(group::await).blockedIn("await");
        Caller<?> two = Caller.runs(group::await).blockedIn("await");
        end.open();
        assertThat(one.failure()).hasCause(broken);
        assertThat(two.failure()).hasCause(broken);
    }

    @Test
    void G2_of_a_group_that_does_not_cancel_waits_for_all_in_spite_of_a_failure() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.cancelOnError(false));
        Gate end = new Gate();
        Subtask<?> slow = group.go(() -> end.pass());
        Broken broken = new Broken("early");
        Subtask<?> failing = group.go(() -> {
            throw broken;
        });
        Caller<?> caller = Caller.runs(group::await).blockedIn("await");
        Threads.until(() -> failing.state().isEnded());
        assertThat(group.context().isCancelled()).isFalse();
        end.open();
        assertThat(caller.failure()).hasCause(broken);
        assertThat(slow.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void G6_ends_the_context_of_a_cancelling_group_without_hook_or_cancellation() throws Exception {
        Recorder recorder = new Recorder();
        ErrGroup group = open(o -> o.listener(recorder));
        AtomicInteger hooks = new AtomicInteger();
        group.context().addCancellationHook(hooks::incrementAndGet);
        group.go(() -> "x");
        assertThat(group.context().isCancelled()).isFalse();
        assertThat(group.context().cause()).isNull();

        group.await();

        assertThat(group.context().isCancelled()).isTrue();
        assertThat(group.context().reason()).isNull();
        assertThat(group.context().cause()).isInstanceOf(CancellationException.class);
        group.close();
        assertThat(hooks).hasValue(0);
        assertThat(recorder.countOf("cancel")).isZero();
        assertThat(recorder.countOf("cancelled")).isZero();
    }

    @Test
    void G6_leaves_the_context_of_a_group_that_does_not_cancel_alone() {
        ErrGroup group = open(o -> o.cancelOnError(false));
        group.go(() -> {
            throw new Broken("kept");
        });
        assertThat(catchThrowable(group::await)).isInstanceOf(ErrGroupException.class);
        assertThat(group.context().isCancelled()).isFalse();
        assertThat(group.context().cause()).isNull();
    }

    @Nested
    class Throws {
        @Test
        void J7_one_unchecked_exception_that_names_group_task_and_index() {
            ErrGroup group = open(o -> o.name("quote"));
            group.go(() -> "fine");
            Broken broken = new Broken("no stock");
            group.go("stock", () -> {
                throw broken;
            });

            Throwable thrown = catchThrowable(group::await);

            assertThat(thrown)
                    .isInstanceOf(ErrGroupException.class)
                    .hasMessageContaining("quote")
                    .hasMessageContaining("stock")
                    .hasMessageContaining("1")
                    .hasCause(broken);
            ErrGroupException failure = (ErrGroupException) thrown;
            assertThat(failure.group()).isEqualTo("quote");
            assertThat(failure.task()).isEqualTo("stock");
            assertThat(failure.index()).isOne();
        }

        @Test
        void J7_an_Error_as_itself() {
            ErrGroup group = open();
            Error error = new LinkageError("not found");
            Subtask<String> task = group.go((Callable<String>) () -> {
                throw error;
            });
            assertThat(catchThrowable(group::await)).isSameAs(error);
            assertThat(catchThrowable(group::await)).isSameAs(error);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(error.getSuppressed()).isEmpty();
        }

        @Test
        void J7_the_type_that_was_asked_for_as_itself() {
            ErrGroup group = open();
            FileNotFoundException missing = new FileNotFoundException("quote.json");
            group.go(() -> {
                throw missing;
            });
            assertThat(catchThrowable(() -> group.await(IOException.class))).isSameAs(missing);
            assertThat(catchThrowable(() -> group.await(IllegalStateException.class)))
                    .isInstanceOf(ErrGroupException.class)
                    .hasCause(missing);
            assertThat(missing.getSuppressed()).isEmpty();
        }

        @Test
        void J7_a_CancellationException_with_the_callers_cause_of_a_group_that_was_cancelled() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open();
            group.go("stuck", () -> new Gate().pass());
            Broken why = new Broken("user left");
            group.cancel(why);

            Throwable thrown = catchThrowable(group::await);

            assertThat(thrown).isInstanceOf(ErrGroupException.class).hasMessageContaining("contract");
            assertThat(thrown.getCause())
                    .isInstanceOf(CancellationException.class)
                    .hasCause(why);
            assertThat(((ErrGroupException) thrown).task()).isNull();
            assertThat(((ErrGroupException) thrown).index()).isEqualTo(-1);
        }

        @Test
        void J7_a_TimeoutException_that_names_the_unfinished_tasks_past_the_deadline() throws Exception {
            needsTasksAtOnce(1);
            HandClock clock = new HandClock();
            ErrGroup group = open(o -> o.timeout(Duration.ofSeconds(2)).clock(clock));
            Gate running = new Gate();
            group.go("stuck-in-the-mud", () -> {
                running.open();
                new Gate().pass();
            });
            running.pass();

            clock.advance(Duration.ofSeconds(2));

            Throwable thrown = catchThrowable(group::await);
            assertThat(thrown).isInstanceOf(ErrGroupException.class);
            assertThat(thrown.getCause()).isInstanceOf(TimeoutException.class);
            assertThat(thrown.getMessage() + thrown.getCause().getMessage()).contains("stuck-in-the-mud");
        }

        @Test
        void J7_nothing_when_every_task_had_succeeded_before_the_cancellation() throws Exception {
            ErrGroup group = open();
            Subtask<String> task = group.go(() -> "done");
            untilAllEnded(group);

            group.cancel();

            group.await();
            assertThat(task.get()).isEqualTo("done");
        }

        @Test
        void J7_nothing_when_every_task_succeeds_in_spite_of_the_cancellation() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open();
            Gate running = new Gate();
            Gate end = new Gate();
            Subtask<String> task = group.go(() -> {
                running.open();
                end.passIgnoringInterrupts();
                return "done";
            });
            running.pass();
            group.cancel();
            end.open();

            group.await();
            assertThat(task.get()).isEqualTo("done");
        }
    }
}
