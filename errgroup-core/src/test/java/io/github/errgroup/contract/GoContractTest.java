package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.ThrowingRunnable;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code go}: handles, the first failure, what a group that is over says. */
class GoContractTest extends GroupContract {

    @Test
    void J3_a_task_that_returns_has_SUCCEEDED_with_its_value() throws Exception {
        ErrGroup group = open();

        Subtask<String> value = group.go(() -> "hello");
        Subtask<@Nullable Void> none = group.go("audit", () -> {});
        group.await();

        assertThat(value.state()).isEqualTo(State.SUCCEEDED);
        assertThat(value.get()).isEqualTo("hello");
        assertThat(value.exception()).isNull();
        assertThat(value.name()).isEqualTo("task-0");
        assertThat(value.index()).isZero();
        assertThat(none.get()).isNull();
        assertThat(none.name()).isEqualTo("audit");
        assertThat(none.index()).isOne();
    }

    @Test
    void J3_a_handle_tells_group_task_index_and_state() throws Exception {
        ErrGroup group = open(o -> o.name("quote"));
        Subtask<?> task = group.go("stock", () -> "fine");
        group.await();
        assertThat(task).hasToString("group 'quote': task 'stock' (#0) SUCCEEDED");
    }

    @Test
    void J3_null_is_a_value() throws Exception {
        ErrGroup group = open();
        Subtask<@Nullable String> task = group.go(() -> (String) null);
        group.await();
        assertThat(task.state()).isEqualTo(State.SUCCEEDED);
        assertThat(task.get()).isNull();
    }

    @Test
    void J3_a_task_that_throws_has_FAILED_with_what_it_threw() {
        ErrGroup group = open();
        Broken broken = new Broken("no price");

        Subtask<String> task = group.go("price", (Callable<String>) () -> {
            throw broken;
        });
        assertThat(catchThrowable(group::await)).isInstanceOf(ErrGroupException.class);

        assertThat(task.state()).isEqualTo(State.FAILED);
        assertThat(task.exception()).isSameAs(broken);
        assertThatIllegalStateException()
                .isThrownBy(task::get)
                .withMessageContaining("FAILED")
                .withMessageContaining("price")
                .withMessageContaining("contract")
                .withCause(broken);
    }

    @Test
    void J3_get_never_blocks_and_names_the_state() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        Gate running = new Gate();
        Gate end = new Gate();
        AtomicReference<@Nullable Subtask<?>> queued = new AtomicReference<>();

        Subtask<String> task = group.go(() -> {
            queued.set(group.go("queued", () -> {}));
            running.open();
            end.pass();
            return "done";
        });
        running.pass();

        assertThat(task.state()).isEqualTo(State.RUNNING);
        assertThatIllegalStateException().isThrownBy(task::get).withMessageContaining("RUNNING");
        Subtask<?> waiting = java.util.Objects.requireNonNull(queued.get());
        assertThat(waiting.state()).isEqualTo(State.PENDING);
        assertThatIllegalStateException().isThrownBy(waiting::get).withMessageContaining("PENDING");

        end.open();
        group.await();
        assertThat(task.get()).isEqualTo("done");
        assertThat(waiting.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void J3_a_started_task_that_is_cancelled_is_CANCELLED_and_one_never_started_is_SKIPPED() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        Broken broken = new Broken("first");

        Subtask<?> sibling = stuck(group);
        group.go(() -> {
            throw broken;
        });
        Threads.until(() -> group.context().isCancelled());
        Subtask<String> late = group.go(() -> "never");

        assertThat(late.state()).isEqualTo(State.SKIPPED);
        assertThatIllegalStateException().isThrownBy(late::get).withMessageContaining("SKIPPED");
        assertThat(catchThrowable(group::await)).hasCause(broken);
        assertThat(sibling.state()).isEqualTo(State.CANCELLED);
        assertThat(sibling.exception()).isInstanceOf(InterruptedException.class);
        assertThatIllegalStateException().isThrownBy(sibling::get).withMessageContaining("CANCELLED");
        assertThat(group.snapshot())
                .extracting(s -> s.submitted(), s -> s.failed(), s -> s.cancelled(), s -> s.skipped())
                .containsExactly(3L, 1L, 1L, 1L);
    }

    @Test
    void G1_the_first_failure_in_time_wins_not_the_first_in_order() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        Gate slowRuns = new Gate();
        Gate cancelled = new Gate();
        Broken first = new Broken("first in time");
        IllegalArgumentException second = new IllegalArgumentException("first in order");

        group.go("slow", () -> {
            group.context().addCancellationHook(cancelled::open);
            slowRuns.open();
            cancelled.passIgnoringInterrupts();
            throw second;
        });
        group.go("fast", () -> {
            slowRuns.pass();
            throw first;
        });

        Throwable thrown = catchThrowable(group::await);
        assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCause(first);
        assertThat(thrown.getSuppressed()).containsExactly(second);
        assertThat(((ErrGroupException) thrown).task()).isEqualTo("fast");
        assertThat(((ErrGroupException) thrown).index()).isOne();
    }

    /**
     * Interleaving: the failing task's canceller is held in a hook until the sibling that the cancellation woke has
     * failed in its turn. An engine that cancels before it records would have the sibling's failure as the first.
     */
    @Test
    void G1_the_failure_is_recorded_before_anyone_is_cancelled() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        Gate siblingRuns = new Gate();
        Gate woken = new Gate();
        Broken first = new Broken("first");
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();

        Subtask<?> sibling = group.go("sibling", () -> {
            siblingRuns.open();
            woken.passIgnoringInterrupts();
            seen.set(group.context().cause());
            throw new IllegalArgumentException("collateral");
        });
        siblingRuns.pass();
        group.context().addCancellationHook(() -> {
            woken.open();
            Threads.until(() -> sibling.state().isEnded());
        });
        group.go("failing", () -> {
            throw first;
        });

        assertThat(catchThrowable(group::await)).hasCause(first);
        assertThat(seen.get()).isSameAs(first);
        assertThat(group.context().cause()).isSameAs(first);
    }

    @Test
    void G1_a_group_that_does_not_cancel_keeps_the_first_failure_too() {
        Gate firstEnded = new Gate();
        ErrGroup group = open(o -> o.cancelOnError(false).listener(new GroupListener() {
            @Override
            public void onTaskEnd(Subtask<?> task, long nanos) {
                firstEnded.open();
            }
        }));
        Broken first = new Broken("first");
        Broken second = new Broken("second");

        group.go(() -> {
            throw first;
        });
        group.go(() -> {
            firstEnded.pass();
            throw second;
        });

        Throwable thrown = catchThrowable(group::await);
        assertThat(thrown).hasCause(first);
        assertThat(thrown.getSuppressed()).containsExactly(second);
    }

    @Test
    void J8_what_was_done_before_go_is_seen_by_the_task_and_what_the_task_did_after_await() throws Exception {
        needsTasksInARow(3);
        for (int round = 0; round < 50; round++) {
            int[] cells = new int[2]; // plain on purpose
            ErrGroup group = open();
            for (int i = 0; i < cells.length; i++) {
                int cell = i;
                cells[cell] = round + 1;
                group.go(() -> cells[cell] *= 2);
            }
            group.await();
            assertThat(cells).containsOnly(2 * (round + 1));
        }
    }

    @Nested
    class What_is_wrong_is_said_at_once_in_the_caller {
        @Test
        void G5_a_null_task_or_name_is_refused_and_the_group_unharmed() throws Exception {
            ErrGroup group = open();

            assertThatNullPointerException()
                    .isThrownBy(() -> group.go((Callable<String>) null))
                    .withMessage("task");
            assertThatNullPointerException()
                    .isThrownBy(() -> group.go((ThrowingRunnable) null))
                    .withMessage("task");
            assertThatNullPointerException()
                    .isThrownBy(() -> group.go(null, () -> "x"))
                    .withMessage("name");
            assertThatNullPointerException()
                    .isThrownBy(() -> group.tryGo((Callable<String>) null))
                    .withMessage("task");
            assertThatNullPointerException()
                    .isThrownBy(() -> group.tryGo(null, () -> {}))
                    .withMessage("name");
            assertThatNullPointerException().isThrownBy(() -> group.await(null)).withMessage("type");

            Subtask<String> task = group.go(() -> "fine");
            group.await();
            assertThat(task.get()).isEqualTo("fine");
            assertThat(group.snapshot().submitted()).isOne();
        }

        @Test
        void G5_a_cancelling_group_is_finished_after_await() throws Exception {
            ErrGroup group = open();
            group.go(() -> "x");
            group.await();

            assertThatIllegalStateException()
                    .isThrownBy(() -> group.go(() -> "y"))
                    .withMessageContaining("contract")
                    .withMessageContaining("fresh()");
            group.await();
            assertThat(group.snapshot().submitted()).isOne();
        }

        @Test
        void G5_a_closed_group_starts_nothing() {
            ErrGroup group = open(o -> o.cancelOnError(false));
            group.close();

            assertThatIllegalStateException()
                    .isThrownBy(() -> group.go("late", () -> "y"))
                    .withMessageContaining("contract")
                    .withMessageContaining("fresh()");
        }

        @Test
        void G5_a_group_that_is_cancelled_and_not_yet_awaited_skips() {
            ErrGroup group = open();
            group.cancel();

            Subtask<String> task = group.go(() -> "never");

            assertThat(task.state()).isEqualTo(State.SKIPPED);
            assertThat(task.exception()).isNull();
        }

        @Test
        void G5_a_group_that_does_not_cancel_goes_on_after_await_and_its_first_error_is_sticky() throws Exception {
            ErrGroup group = open(o -> o.cancelOnError(false));
            Broken broken = new Broken("sticky");
            group.go(() -> {
                throw broken;
            });
            assertThat(catchThrowable(group::await)).hasCause(broken);

            Subtask<String> next = group.go(() -> "next");
            assertThat(catchThrowable(group::await)).hasCause(broken);
            assertThat(next.get()).isEqualTo("next");
        }
    }
}
