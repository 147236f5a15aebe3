package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** N9: {@code settle} waits as {@code await} does, and the handles tell what became of each task. */
class SettleContractTest extends GroupContract {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final HandClock clock = new HandClock();

    private static Subtask<String> failing(ErrGroup group, Throwable failure) {
        return group.go(() -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        });
    }

    @Test
    void N9_of_a_group_without_tasks_returns() throws Exception {
        open().settle();
        open(o -> o.cancelOnError(false)).settle();
    }

    @Test
    void N9_throws_no_failure_and_the_handles_tell_it() throws Exception {
        ErrGroup group = open(o -> o.cancelOnError(false));
        Broken broken = new Broken("one");
        Subtask<String> failed = failing(group, broken);
        Subtask<String> good = group.go(() -> "value");

        group.settle();

        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.orElse("none")).isEqualTo("none");
        if (failed.exception() == broken) { // else it was rejected
            assertThat(failed.orElseGet(e -> "error: " + e.getMessage())).isEqualTo("error: one");
        }
        if (good.state() == State.SUCCEEDED) {
            assertThat(good.orElse("none")).isEqualTo("value");
            assertThat(good.orElseGet(e -> {
                        throw new AssertionError("not asked", e);
                    }))
                    .isEqualTo("value");
        }
    }

    @Test
    void N9_waits_until_every_task_has_ended() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        Gate end = new Gate();
        Subtask<?> stubborn = running(group, end::passIgnoringInterrupts);
        failing(group, new Broken("first"));

        Caller<?> caller = Caller.runs(group::settle).blockedIn("settle");
        Threads.until(() -> group.context().isCancelled());
        assertThat(caller.isDone()).isFalse();
        end.open();

        caller.result();
        assertThat(stubborn.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void N9_with_a_deadline_has_what_was_there_in_time() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.cancelOnError(false).timeout(DEADLINE).clock(clock));
        Subtask<String> early = group.go(() -> "early");
        Threads.until(() -> early.state().isEnded());
        Subtask<?> late = stuck(group);

        Caller<?> caller = Caller.runs(group::settle).blockedIn("settle");
        clock.advance(DEADLINE);
        caller.result();

        assertThat(early.orElse("none")).isEqualTo("early");
        assertThat(late.state()).isEqualTo(State.CANCELLED);
        assertThat(whyOf(late))
                .isInstanceOf(CancellationException.class)
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageContainingAll("contract", late.name(), "cancelled", "TIMEOUT", "deadline");
        group.close();
    }

    @Test
    void N9_of_a_cancelling_group_lets_the_first_failure_cancel_the_rest() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        Subtask<?> running = stuck(group);
        Broken broken = new Broken("first");
        failing(group, broken);

        group.settle();

        assertThat(group.context().reason()).isEqualTo(CancelReason.FAILURE);
        assertThat(running.state()).isEqualTo(State.CANCELLED);
        assertThat(whyOf(running)).hasCause(broken);
        assertThat(running.exception()).isInstanceOf(InterruptedException.class);
        assertThat(whyOf(running)).hasSuppressedException(running.exception());
    }

    @Test
    void N9_a_skipped_task_tells_why() throws Exception {
        ErrGroup group = open();
        group.cancel();
        Subtask<String> skipped = group.go("never", () -> "value");

        group.settle();

        assertThat(skipped.state()).isEqualTo(State.SKIPPED);
        assertThat(skipped.orElse("none")).isEqualTo("none");
        assertThat(whyOf(skipped))
                .isInstanceOf(CancellationException.class)
                .hasMessageContainingAll("never", "skipped", "EXPLICIT")
                .hasCause(group.context().cause());
    }

    /** What the function is given. */
    private static Throwable whyOf(Subtask<?> task) {
        return whyOfTyped(task);
    }

    private static <T extends @Nullable Object> Throwable whyOfTyped(Subtask<T> task) {
        AtomicReference<@Nullable Throwable> why = new AtomicReference<>();
        T other = task.orElse(null);
        assertThat(task.orElseGet(e -> {
                    why.set(e);
                    return other;
                }))
                .isNull();
        return Objects.requireNonNull(why.get());
    }

    @Nested
    class Counts_as_an_answer {
        @Test
        void N9_J5_close_throws_nothing_for_what_was_let_pass() throws Exception {
            ErrGroup failed = open(o -> o.cancelOnError(false));
            failing(failed, new Broken("let pass"));
            failed.settle();
            failed.close();

            ErrGroup cancelled = open(o -> o.timeout(DEADLINE).clock(clock));
            clock.advance(DEADLINE);
            Threads.until(() -> cancelled.context().isCancelled());
            cancelled.go(() -> {});
            cancelled.settle();
            cancelled.close();
        }

        @Test
        void N9_J5_close_throws_what_failed_after_it() throws Exception {
            ErrGroup group = open(o -> o.cancelOnError(false));
            group.settle();
            failing(group, new Broken("after"));
            untilAllEnded(group);

            assertThat(catchThrowable(group::close)).isInstanceOf(ErrGroupException.class);
        }

        @Test
        void N9_a_later_await_throws_it() throws Exception {
            ErrGroup group = open();
            Subtask<?> task = failing(group, new Broken("let pass"));
            group.settle();

            assertThat(catchThrowable(group::await)).hasCause(task.exception());
            group.settle();
        }

        @Test
        void N9_the_end_of_a_call_throws_nothing_for_what_its_body_let_pass() throws Exception {
            ErrGroupOptions options = options().build();
            String value = ErrGroup.call(options, group -> {
                Subtask<String> task = failing(track(group), new Broken("let pass"));
                group.settle();
                return task.orElse("none");
            });
            assertThat(value).isEqualTo("none");
        }

        @Test
        void N9_the_end_of_a_call_throws_what_failed_after_it() {
            ErrGroupOptions options = options().cancelOnError(false).build();
            Throwable thrown = catchThrowable(() -> ErrGroup.call(options, group -> {
                failing(track(group), new Broken("let pass"));
                group.settle();
                return failing(group, new Broken("after"));
            }));
            assertThat(thrown).isInstanceOf(ErrGroupException.class);
        }
    }

    @Nested
    class Throws {
        @Test
        void N9_an_Error_as_itself() throws Exception {
            ErrGroup group = open(o -> o.cancelOnError(false));
            Subtask<?> first = failing(group, new Broken("first"));
            AssertionError error = new AssertionError("the error");
            Subtask<?> second = failing(group, error);
            Throwable thrown = catchThrowable(group::settle);
            assertThat(first.state()).isEqualTo(State.FAILED);
            if (second.exception() == error) { // else it was rejected
                assertThat(thrown).isSameAs(error);
            }
            group.close();
        }

        @Test
        void N9_J4_an_interrupt_after_the_tasks_have_ended() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.cancelOnError(false));
            Subtask<?> task = stuck(group);
            Caller<?> caller = Caller.runs(group::settle).blockedIn("settle");

            caller.interrupt();

            assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
            assertThat(caller.flagAfterwards()).isFalse();
            assertThat(task.state()).isEqualTo(State.CANCELLED);
            assertThat(group.context().reason()).isEqualTo(CancelReason.INTERRUPTED);
        }

        /** It throws nothing else that could tell of the interrupt. */
        @Test
        void N9_J4_an_interrupt_though_a_failure_came_first() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open();
            Gate end = new Gate();
            Subtask<?> stubborn = running(group, end::passIgnoringInterrupts);
            failing(group, new Broken("first"));
            Threads.until(() -> group.context().isCancelled());
            Caller<?> caller = Caller.runs(group::settle).blockedIn("settle");

            caller.interrupt();
            Threads.until(() -> !caller.thread().isInterrupted());
            end.open();

            assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
            assertThat(stubborn.state()).isEqualTo(State.SUCCEEDED);
        }

        @Test
        void N9_G7_misuse_by_a_task_of_its_own() throws Exception {
            ErrGroup group = open(o -> o.cancelOnError(false));
            Subtask<?> task = group.go(() -> group.settle());
            group.settle();
            if (task.exception() instanceof IllegalStateException misuse) { // else it was rejected
                assertThat(misuse).hasMessageContaining("settle()");
            } else {
                assertThat(task.exception()).isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
            }
        }

        /** The task that waits is to end, and not to go on with what there is. */
        @Test
        void N9_N7_that_the_group_above_was_cancelled() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup above = open(o -> o.cancelOnError(false));
            AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
            Gate running = new Gate();
            above.go(() -> {
                ErrGroup below = open();
                below.go(() -> {
                    running.open();
                    new Gate().pass();
                });
                thrown.set(catchThrowable(below::settle));
            });
            Caller<?> awaiting = Caller.runs(above::settle);
            running.pass();

            above.cancel();

            awaiting.result();
            assertThat(thrown.get()).isInstanceOf(ParentCancelledException.class);
        }
    }

    @Nested
    class A_handle {
        @Test
        void N9_of_a_task_that_has_not_ended_has_neither() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open();
            Gate end = new Gate();
            Subtask<?> task = running(group, end::pass);

            assertThatIllegalStateException()
                    .isThrownBy(() -> task.orElse(null))
                    .withMessageContainingAll("contract", task.name(), "RUNNING", "orElse()");
            assertThatIllegalStateException()
                    .isThrownBy(() -> task.orElseGet(e -> null))
                    .withMessageContainingAll("RUNNING", "orElseGet()", "settle()");
            end.open();
            group.await();
        }

        @Test
        void N9_gives_a_null_that_the_task_returned() throws Exception {
            ErrGroup group = open();
            Subtask<@Nullable String> task = group.go(() -> (String) null);
            group.await();
            assertThat(task.orElse("other")).isNull();
            assertThat(task.orElseGet(e -> "other")).isNull();
        }

        @Test
        void N9_refuses_a_null_for_the_function_whatever_its_state() throws Exception {
            ErrGroup group = open();
            Subtask<String> task = group.go(() -> "value");
            group.await();
            assertThatNullPointerException()
                    .isThrownBy(() -> task.orElseGet(null))
                    .withMessage("other");
        }

        @Test
        void N9_throws_what_the_function_throws() throws Exception {
            ErrGroup group = open(o -> o.cancelOnError(false));
            Subtask<String> task = failing(group, new Broken("one"));
            group.settle();
            assertThatIllegalStateException()
                    .isThrownBy(() -> task.orElseGet(e -> {
                        throw new IllegalStateException(e);
                    }))
                    .withCause(task.exception());
        }
    }
}
