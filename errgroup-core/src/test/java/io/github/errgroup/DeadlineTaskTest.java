package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a task's own deadline, step by step. */
class DeadlineTaskTest {
    /** Drops its tasks, so that none of them moves on by itself. */
    private final ErrGroup group = ErrGroup.open(o -> o.executor(command -> {}).taskTimeout(Duration.ofHours(1)));

    private final DeadlineTask<?> task = (DeadlineTask<?>) group.go(() -> {});

    @AfterEach
    void closeTheGroup() {
        group.cancel();
        group.close();
    }

    @Test
    void before_its_start_it_cannot_pass() {
        assertThat(task.hasDeadline()).isTrue();
        assertThat(task.isDeadlineRunning()).isFalse();
        assertThat(task.passDeadline()).isFalse();
        assertThat(task.hasTimedOut()).isFalse();
    }

    @Test
    void it_passes_once_and_the_body_that_ends_then_is_late() {
        task.startDeadline(7);
        assertThat(task.isDeadlineRunning()).isTrue();
        assertThat(task.startNanos()).isEqualTo(7);
        assertThat(task.hasTimedOut()).isFalse();

        assertThat(task.passDeadline()).isTrue();
        assertThat(task.passDeadline()).isFalse();
        assertThat(task.isDeadlineRunning()).isFalse();
        assertThat(task.hasTimedOut()).isTrue();
        assertThat(task.endDeadline()).isTrue();
    }

    @Test
    void a_body_that_ends_first_is_not_late_and_it_does_not_pass_any_more() {
        task.startDeadline(7);
        assertThat(task.endDeadline()).isFalse();
        assertThat(task.isDeadlineRunning()).isFalse();
        assertThat(task.passDeadline()).isFalse();
        assertThat(task.hasTimedOut()).isFalse();
    }

    @Test
    void a_body_that_never_began_is_not_late() {
        assertThat(task.endDeadline()).isFalse();
    }

    @Test
    void interrupts_after_that_of_the_deadline_are_counted() {
        assertThat(task.laterInterrupts()).isZero();
        task.countLaterInterrupt();
        task.countLaterInterrupt();
        assertThat(task.laterInterrupts()).isEqualTo(2);
    }
}
