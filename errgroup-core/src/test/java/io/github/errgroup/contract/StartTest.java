package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Outstanding;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J2: a task that meets the cancellation at its start. The executor is worked by hand, so the meeting is certain. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StartTest {
    private final Queue<Runnable> accepted = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean ran = new AtomicBoolean();

    /** Runs what the executor accepted, in another thread, and waits for it. */
    private void runAccepted() {
        for (Runnable command = accepted.poll(); command != null; command = accepted.poll()) {
            assertThat(Caller.runs(command::run).endsWell()).isTrue();
        }
    }

    /** Interleaving: the group is cancelled, nobody was interrupted or skipped yet, and the pool gets to the task. */
    @Test
    void J2_a_task_that_is_begun_between_the_cancellation_and_its_visit_does_not_run() {
        try (ErrGroup group = ErrGroup.open(o -> o.executor(accepted::add).listener(new GroupListener() {
            @Override
            public void onCancel(CancelReason reason, Throwable cause) {
                runAccepted();
            }
        }))) {
            Subtask<?> task = group.go(() -> ran.set(true));
            group.cancel();
            catchThrowable(group::await);
            assertThat(ran).isFalse();
            assertThat(task.state()).isEqualTo(State.SKIPPED);
            assertThat(group.snapshot().skipped()).isOne();
        }
    }

    /** Interleaving: the cancellation comes while {@code go} is handing the task over. */
    @Test
    void J2_a_task_whose_group_is_cancelled_while_go_hands_it_over_does_not_run() {
        AtomicReference<@Nullable ErrGroup> open = new AtomicReference<>();
        try (ErrGroup group = ErrGroup.open(o -> o.executor(command -> {
            ErrGroup cancelled = open.get();
            if (cancelled != null) {
                cancelled.cancel();
            }
            command.run();
        }))) {
            open.set(group);
            Subtask<?> task = group.go(() -> ran.set(true));
            assertThat(task.state()).isEqualTo(State.SKIPPED);
            catchThrowable(group::await);
            assertThat(ran).isFalse();
        }
    }

    /** Interleaving: the executor keeps the command and runs it again later, or twice at once. */
    @Test
    void J3_a_command_that_is_run_twice_runs_the_task_once() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.executor(command -> {
            accepted.add(command);
            accepted.add(command);
        }))) {
            Subtask<Boolean> task = group.go(() -> ran.getAndSet(true));
            runAccepted();
            group.await();
            assertThat(task.get()).as("had run before").isFalse();
            assertThat(group.snapshot().succeeded()).isOne();
        }
    }

    @Test
    void J2_a_command_that_a_pool_gets_to_after_the_group_was_closed_does_nothing() {
        ErrGroup group = ErrGroup.open(o -> o.executor(accepted::add));
        group.go(() -> ran.set(true));
        group.cancel();
        group.close();
        runAccepted();
        assertThat(ran).isFalse();
    }

    /**
     * Interleaving: the group is cancelled while {@code go} hands the task over, and the executor runs it in the caller
     * before it is skipped. A listener that was interrupted there sets the flag again, as it should.
     */
    @Test
    void J1_J2_a_task_skipped_in_its_callers_thread_takes_no_flag_from_there_that_is_not_ours() {
        Queue<Runnable> given = new ConcurrentLinkedQueue<>();
        AtomicReference<@Nullable ErrGroup> open = new AtomicReference<>();
        GroupListener listener = new GroupListener() {
            @Override
            public void onCancel(CancelReason reason, Throwable cause) {
                Objects.requireNonNull(given.poll()).run();
            }

            @Override
            public void onTaskSkipped(Subtask<?> task) {
                Thread.currentThread().interrupt();
            }
        };
        try (ErrGroup group = ErrGroup.open(o -> o.listener(listener).executor(command -> {
            given.add(command);
            Objects.requireNonNull(open.get()).cancel();
        }))) {
            open.set(group);
            Subtask<?> task = group.go(() -> ran.set(true));
            assertThat(Thread.interrupted()).as("the listener's flag").isTrue();
            assertThat(task.state()).isEqualTo(State.SKIPPED);
            assertThat(ran).isFalse();
            group.cancel();
            catchThrowable(group::await);
        }
    }

    /** The thread has another go at its task while the engine asks what the task's exception means. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void J3_a_command_of_our_own_thread_that_is_run_again_at_its_end_does_nothing(boolean interrupts) throws Exception {
        AtomicReference<@Nullable Runnable> given = new AtomicReference<>();
        Predicate<Throwable> again = thrown -> {
            Runnable command = Objects.requireNonNull(given.get());
            assertThat(Caller.runs(command::run).endsWell()).isTrue();
            return false;
        };
        try (ErrGroup group = ErrGroup.open(
                o -> o.interruptOnCancel(interrupts).cancellationWhen(again).threadFactory(command -> {
                    given.set(command);
                    return new Thread(command);
                }))) {
            Broken broken = new Broken("after the cancellation");
            Gate end = new Gate();
            Subtask<?> task = GroupContract.running(group, () -> {
                end.passIgnoringInterrupts();
                throw broken;
            });
            group.cancel();
            end.open();
            assertThat(catchThrowable(group::await)).hasSuppressedException(broken);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(Outstanding.of(group)).isZero();
            assertThat(group.snapshot().skipped()).isZero();
        }
    }
}
