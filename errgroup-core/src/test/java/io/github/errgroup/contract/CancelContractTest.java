package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.TaskSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code cancel}: who is interrupted, what never starts, and the hooks. */
class CancelContractTest extends GroupContract {

    @Test
    void G6_the_cause_is_what_did_it_and_the_first_one_counts() {
        ErrGroup group = open();
        Broken why = new Broken("user left");

        group.cancel(why);
        group.cancel();
        group.cancel(new Broken("too late"));
        FrameworkAccess.cancelForShutdown(group);

        assertThat(group.context().isCancelled()).isTrue();
        assertThat(group.context().cause()).isSameAs(why);
        assertThat(group.context().reason()).isEqualTo(CancelReason.EXPLICIT);
    }

    @Test
    void G6_without_a_cause_it_is_a_CancellationException() {
        ErrGroup group = open(o -> o.cancelOnError(false));
        group.cancel();
        assertThat(group.context().cause()).isInstanceOf(CancellationException.class);
    }

    @Test
    void G6_a_shutdown_is_a_reason_of_its_own() {
        ErrGroup group = open();
        FrameworkAccess.cancelForShutdown(group);
        assertThat(group.context().reason()).isEqualTo(CancelReason.SHUTDOWN);
    }

    /** Their number is small, so that one that comes later has to sit where another had its place. */
    @Test
    void J1_after_tasks_that_came_and_went_it_shows_and_interrupts_each_task_that_runs() throws Exception {
        needsTasksAtOnce(4);
        ErrGroup group = open();
        Gate endSecond = new Gate();
        Gate endLast = new Gate();
        AtomicReference<@Nullable Thread> second = new AtomicReference<>();
        stuck(group);
        running(group, () -> {
            second.set(Thread.currentThread());
            endSecond.pass();
        });
        stuck(group);
        stuck(group);
        endSecond.open();
        Threads.until(() -> group.snapshot().succeeded() == 1);
        Thread gone = Objects.requireNonNull(second.get());
        Threads.until(() -> !workplace.hasOwnThreads() || !gone.isAlive());
        running(group, endLast::pass);
        endLast.open();
        Threads.until(() -> group.snapshot().succeeded() == 2);

        assertThat(group.snapshot().tasks()).extracting(TaskSnapshot::index).containsExactly(0L, 2L, 3L);
        group.cancel();
        assertThat(catchThrowable(group::await)).isNotNull();
        assertThat(group.snapshot().cancelled()).isEqualTo(3);
    }

    @Test
    void G6_after_the_end_it_has_no_effect() throws Exception {
        ErrGroup group = open();
        group.go(() -> "x");
        group.await();
        group.cancel();
        group.await();
        assertThat(group.context().reason()).isNull();
    }

    @Test
    void G6_a_computing_task_is_ended_by_throwIfCancelled() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Broken why = new Broken("user left");
        group.context().throwIfCancelled();
        Gate running = new Gate();
        Subtask<?> task = group.go(() -> {
            running.open();
            while (true) {
                group.context().throwIfCancelled();
                Thread.onSpinWait();
            }
        });
        running.pass();

        group.cancel(why);

        catchThrowable(group::await);
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(task.exception()).isInstanceOf(CancellationException.class).hasCause(why);
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(group.context()::throwIfCancelled)
                .withCause(why);
    }

    @Test
    void J1_interrupts_the_threads_that_run_its_tasks_and_no_other() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open();
        ErrGroup bystander = open(o -> o.threads(group.options().threads()));
        Gate end = new Gate();
        Subtask<Boolean> untouched = started(bystander, end);
        Subtask<?> task = stuck(group);

        group.cancel();
        catchThrowable(group::await);
        end.open();

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        bystander.await();
        assertThat(untouched.get()).as("interrupted").isFalse();
    }

    private static Subtask<Boolean> started(ErrGroup group, Gate end) throws InterruptedException {
        Gate running = new Gate();
        Subtask<Boolean> task = group.go(() -> {
            running.open();
            end.passIgnoringInterrupts();
            return Thread.currentThread().isInterrupted();
        });
        running.pass();
        return task;
    }

    @Test
    void J2_a_task_that_cancels_its_own_group_is_interrupted_too() throws Exception {
        ErrGroup group = open();
        Subtask<Boolean> task = group.go(() -> {
            group.cancel();
            return Thread.currentThread().isInterrupted();
        });
        group.await(); // every task succeeded
        assertThat(task.get()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).as("J1: left behind").isFalse();
    }

    @Test
    void J2_a_task_not_yet_started_never_starts() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        AtomicBoolean ran = new AtomicBoolean();
        AtomicReference<@Nullable Subtask<?>> queued = new AtomicReference<>();
        running(group, () -> {
            queued.set(group.go(() -> ran.set(true)));
            group.cancel();
        });

        catchThrowable(group::await);

        assertThat(ran).isFalse();
        assertThat(Objects.requireNonNull(queued.get()).state()).isEqualTo(State.SKIPPED);
    }

    @Test
    void J2_a_task_that_waits_for_a_slot_is_skipped_though_the_one_before_it_runs_on() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        AtomicReference<@Nullable Subtask<?>> queued = new AtomicReference<>();
        Gate queueing = new Gate();
        Gate end = new Gate();
        group.go(() -> {
            queued.set(group.go(() -> {}));
            queueing.open();
            end.passIgnoringInterrupts();
        });
        queueing.pass();

        group.cancel();

        Subtask<?> waiting = Objects.requireNonNull(queued.get());
        Threads.until(() -> waiting.state() == State.SKIPPED);
        end.open();
    }

    /** Five tasks and four seats in the table of live tasks: the fifth sits beside its own place, and leaves from there. */
    @Test
    void J2_a_task_that_sat_beside_its_place_does_not_take_another_one_away() throws Exception {
        needsTasksAtOnce(3);
        ErrGroup group = open();
        Subtask<?> first = stuck(group);
        group.go(() -> {});
        group.go(() -> {});
        Threads.until(() -> group.snapshot().pending() == 1);
        Subtask<?> fourth = stuck(group);
        group.go(() -> {});
        Threads.until(() -> group.snapshot().pending() == 2);

        assertThat(group.snapshot().tasks()).extracting(TaskSnapshot::index).containsExactly(0L, 3L);
        group.cancel();
        catchThrowable(group::await);
        assertThat(List.of(first.state(), fourth.state())).containsOnly(State.CANCELLED);
    }

    @Test
    void J2_a_task_accepted_by_a_busy_pool_is_not_waited_for_and_never_starts_after_the_cancellation()
            throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.POOL_OF_ONE);
        ErrGroup group = open();
        Gate end = new Gate();
        AtomicBoolean busy = new AtomicBoolean(true);
        AtomicBoolean ran = new AtomicBoolean();
        site().pool().execute(() -> {
            end.passIgnoringInterrupts();
            busy.set(false);
        });
        Subtask<?> task = group.go(() -> ran.set(true));

        group.cancel();
        assertThat(task.state()).isEqualTo(State.SKIPPED);
        catchThrowable(group::await);
        assertThat(busy).isTrue();
        end.open();
        site().leave();

        assertThat(ran).isFalse();
        assertThat(busy).isFalse();
    }

    /**
     * Interleaving: the cancellation meets a task that is just starting. Checked first and registered afterwards, the
     * task would run un-interrupted in a cancelled group, and wait for a gate that never opens.
     */
    @Test
    void J2_register_then_check_a_task_is_never_running_and_cancelled_and_not_interrupted() throws Exception {
        needsTasksAtOnce(1);
        for (int round = 0; round < 40; round++) {
            ErrGroup group = open();
            Gate go = new Gate();
            Caller<?> canceller = Caller.runs(() -> {
                go.pass();
                group.cancel();
            });
            go.open();
            group.go(() -> new Gate().pass());
            canceller.result();
            if (workplace == Workplace.REJECTS_EVERY_THIRD) {
                group.cancel();
            }
            catchThrowable(group::await);
            assertThat(group.snapshot().succeeded()).isZero();
        }
    }

    @Test
    void N8_without_interrupt_only_the_flag_and_the_hooks_tell() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.interruptOnCancel(false));
        Gate hooked = new Gate();
        Gate running = new Gate();
        Subtask<Boolean> task = group.go(() -> {
            group.context().addCancellationHook(hooked::open);
            running.open();
            hooked.pass();
            assertThat(group.context().isCancelled()).isTrue();
            return Thread.currentThread().isInterrupted();
        });
        running.pass();

        group.cancel();

        group.await();
        assertThat(task.get()).as("interrupted").isFalse();
    }

    @Nested
    class Hooks {
        @Test
        void J12_run_once_in_the_thread_that_cancels() {
            ErrGroup group = open();
            AtomicInteger runs = new AtomicInteger();
            AtomicReference<@Nullable Thread> by = new AtomicReference<>();
            group.context().addCancellationHook(() -> {
                runs.incrementAndGet();
                by.set(Thread.currentThread());
            });
            group.cancel();
            group.cancel();
            assertThat(runs).hasValue(1);
            assertThat(by).hasValue(Thread.currentThread());
        }

        @Test
        void J12_that_throw_are_logged_and_the_rest_run() {
            ErrGroup group = open();
            RuntimeException thrown = new IllegalStateException("from a hook");
            Error error = new LinkageError("from a hook");
            AtomicInteger runs = new AtomicInteger();
            group.context().addCancellationHook(runs::incrementAndGet);
            group.context().addCancellationHook(() -> {
                throw thrown;
            });
            group.context().addCancellationHook(runs::incrementAndGet);
            group.context().addCancellationHook(() -> {
                throw error;
            });
            group.context().addCancellationHook(runs::incrementAndGet);

            group.cancel();

            assertThat(runs).hasValue(3);
            assertThat(log().countOf(thrown)).isOne();
            assertThat(log().countOf(error)).isOne();
        }

        @Test
        void J12_registered_after_the_cancellation_run_at_once_in_the_caller() {
            ErrGroup group = open();
            group.cancel();
            AtomicReference<@Nullable Thread> by = new AtomicReference<>();
            group.context().addCancellationHook(() -> by.set(Thread.currentThread()));
            assertThat(by).hasValue(Thread.currentThread());
        }

        @Test
        void J12_taken_back_do_not_run() {
            ErrGroup group = open();
            AtomicInteger runs = new AtomicInteger();
            try (var registration = group.context().addCancellationHook(runs::incrementAndGet)) {
                assertThat(registration).isNotNull();
            }
            group.cancel();
            assertThat(runs).hasValue(0);
        }

        @Test
        void J12_are_waited_for_by_await() throws Exception {
            ErrGroup group = open();
            Gate inHook = new Gate();
            Gate end = new Gate();
            AtomicBoolean ended = new AtomicBoolean();
            group.context().addCancellationHook(() -> {
                inHook.open();
                end.passIgnoringInterrupts();
                ended.set(true);
            });
            Caller<?> canceller = Caller.runs(group::cancel);
            inHook.pass();
            Caller<Boolean> waiting = Caller.calls(() -> {
                catchThrowable(group::await);
                return ended.get();
            });
            waiting.blockedIn("await");
            end.open();
            assertThat(waiting.result()).isTrue();
            canceller.result();
        }

        @Test
        void J12_must_not_await_their_own_group() {
            ErrGroup group = open();
            AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
            group.context().addCancellationHook(() -> thrown.set(catchThrowable(group::await)));
            group.cancel();
            assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void J12_in_a_failing_task_run_before_the_task_counts_as_ended() throws Exception {
            ErrGroup group = open();
            AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
            group.context().addCancellationHook(() -> seen.set(group.context().cause()));
            Broken broken = new Broken("cause");
            group.go(() -> {
                throw broken;
            });
            assertThat(catchThrowable(group::await)).hasCause(broken);
            assertThat(seen.get()).isSameAs(broken);
        }
    }
}
