package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupClock;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Outstanding;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Registration;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** J9, J10: user code that throws where nobody expects it costs no slot, hangs no group and hides no failure. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileCodeTest {
    private LogTap log;

    @BeforeEach
    void openTheLog() {
        log = new LogTap();
    }

    @AfterEach
    void closeTheLog() {
        log.close();
    }

    /** An exception that throws whatever it is asked. */
    private static final class Secretive extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no name");
        }
    }

    @Test
    void J3_J7_an_exception_that_cannot_be_asked_is_a_failure_like_any_other() {
        try (ErrGroup group = ErrGroup.open()) {
            Secretive secretive = new Secretive();
            Subtask<?> task = group.go(() -> {
                throw secretive;
            });
            Throwable thrown = catchThrowable(group::await);
            assertThat(thrown instanceof ErrGroupException).isTrue();
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(task.exception() == secretive).isTrue();
        }
    }

    @Test
    void J3_J6_an_exception_that_cannot_be_asked_after_the_cancellation_is_a_failure_too() throws Exception {
        try (ErrGroup group = ErrGroup.open()) {
            Gate end = new Gate();
            Subtask<?> task = GroupContract.running(group, () -> {
                end.passIgnoringInterrupts();
                throw new Secretive();
            });
            group.cancel();
            end.open();
            Throwable thrown = catchThrowable(group::await);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(thrown instanceof ErrGroupException).isTrue();
            assertThat(group.snapshot().failed()).isOne();
            assertThat(group.snapshot().succeeded()).isZero();
        }
    }

    @Test
    void J7_a_cause_that_cannot_be_asked_cancels_a_group_like_any_other() throws Exception {
        Secretive secretive = new Secretive();
        try (ErrGroup group = ErrGroup.open(o -> o.name("quote"))) {
            GroupContract.stuck(group);
            group.cancel(secretive);
            Throwable awaited = catchThrowable(group::await);
            assertThat(awaited instanceof ErrGroupException).isTrue();
            assertThat(awaited.getMessage())
                    .startsWith("group 'quote' was cancelled (EXPLICIT): " + Secretive.class.getName());
            assertThat(isCausedBy(awaited, secretive)).isTrue();
            Throwable polled = catchThrowable(group.context()::throwIfCancelled);
            assertThat(polled instanceof CancellationException).isTrue();
            assertThat(isCausedBy(polled, secretive)).isTrue();
        }
    }

    @Test
    void J7_N7_a_cause_that_cannot_be_asked_cancels_the_groups_below_like_any_other() throws Exception {
        Secretive secretive = new Secretive();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        try (ErrGroup group = ErrGroup.open()) {
            Gate running = new Gate();
            group.go(() -> {
                try (ErrGroup child = ErrGroup.open()) {
                    child.go(() -> {
                        running.open();
                        new Gate().pass();
                    });
                    seen.set(catchThrowable(child::await));
                }
            });
            running.pass();
            group.cancel(secretive);
            catchThrowable(group::await);
        }
        assertThat(seen.get() instanceof ParentCancelledException).isTrue();
        assertThat(isCausedBy(seen.get(), secretive)).isTrue();
    }

    @Test
    void J4_J7_an_interrupt_that_cannot_be_asked_ends_a_call_like_any_other() {
        InterruptedException mute = new InterruptedException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        };
        AtomicReference<ErrGroup> seen = new AtomicReference<>();
        Throwable thrown = catchThrowable(() -> ErrGroup.call(o -> {}, group -> {
            seen.set(group);
            GroupContract.stuck(group);
            throw mute;
        }));
        assertThat(thrown == mute).isTrue();
        assertThat(catchThrowable(seen.get()::await) instanceof InterruptedException)
                .isTrue();
    }

    /** AssertJ asks an exception for its text. */
    private static boolean isCausedBy(Throwable thrown, Throwable cause) {
        for (Throwable link = thrown; link != null; link = link.getCause()) {
            if (link == cause) {
                return true;
            }
        }
        return false;
    }

    @Test
    void J10_a_listener_that_throws_one_exception_whatever_it_is_asked_changes_nothing() throws Exception {
        RuntimeException one = new IllegalStateException("always the same");
        try (ErrGroup group = ErrGroup.open(o -> o.listener(new GroupListener() {
            @Override
            public void onTaskStart(Subtask<?> task) {
                throw one;
            }

            @Override
            public int hashCode() {
                throw one;
            }
        }))) {
            Subtask<String> task = group.go(() -> "x");
            group.await();
            assertThat(task.get()).isEqualTo("x");
        }
        assertThat(one.getSuppressed()).isEmpty();
    }

    @Test
    void J9_a_thread_that_will_not_be_reset_costs_no_slot() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).threadFactory(command -> new Thread(command, "stubborn") {
            @Override
            public void setContextClassLoader(ClassLoader loader) {
                if (Thread.currentThread() == this) {
                    throw new SecurityException("not mine");
                }
                super.setContextClassLoader(loader);
            }

            @Override
            public ClassLoader getContextClassLoader() {
                return new ClassLoader() {}; // another each time: there is always something to reset
            }
        }))) {
            for (int i = 0; i < 5; i++) {
                group.go(() -> {});
            }
            group.await();
            assertThat(group.snapshot().succeeded()).isEqualTo(5);
            assertThat(log.count("its thread could not be reset", "not mine")).isEqualTo(5);
        }
    }

    @Test
    void N3_a_capture_that_throws_is_said_in_the_caller_and_the_group_unharmed() throws Exception {
        Gate broken = new Gate();
        ContextPropagator propagator = () -> {
            if (!broken.isOpen()) {
                throw new IllegalStateException("no capture");
            }
            return () -> () -> {};
        };
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).contextPropagator(propagator))) {
            assertThatThrownBy(() -> group.go(() -> "x")).hasMessage("no capture");
            broken.open();
            Subtask<String> task = group.go(() -> "fine");
            group.await();
            assertThat(task.get()).isEqualTo("fine");
            assertThat(group.snapshot().submitted()).isOne();
        }
    }

    @Test
    void N3_J9_a_context_that_cannot_be_set_fails_its_task() {
        IllegalStateException broken = new IllegalStateException("no scope");
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).cancelOnError(false).contextPropagator(() -> () -> {
            throw broken;
        }))) {
            Subtask<String> one = group.go(() -> "never");
            Subtask<String> two = group.go(() -> "never");
            assertThat(catchThrowable(group::await)).hasCause(broken);
            assertThat(one.state()).isEqualTo(State.FAILED);
            assertThat(two.state()).isEqualTo(State.FAILED);
        }
    }

    @Test
    void N3_J9_a_context_that_cannot_be_taken_back_is_logged_and_the_task_has_succeeded() throws Exception {
        IllegalStateException broken = new IllegalStateException("not restored");
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1)
                .contextPropagator(() -> () -> () -> {
                    throw broken;
                }))) {
            Subtask<String> one = group.go(() -> "1");
            Subtask<String> two = group.go(() -> "2");
            group.await();
            assertThat(one.get() + two.get()).isEqualTo("12");
            assertThat(log.countOf(broken)).isEqualTo(2);
        }
    }

    /** A clock that works until it is broken. */
    private static final class BrokenClock implements GroupClock {
        private final AtomicBoolean broken = new AtomicBoolean();

        @Override
        public long nanoTime() {
            if (broken.get()) {
                throw new IllegalStateException("no time");
            }
            return System.nanoTime();
        }

        @Override
        public Registration schedule(Duration delay, Runnable action) {
            return () -> {};
        }
    }

    @Test
    void J9_J12_a_clock_that_throws_at_a_tasks_end_changes_neither_its_outcome_nor_its_slot() throws Exception {
        BrokenClock clock = new BrokenClock();
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).clock(clock).listener(new Recorder()))) {
            Subtask<String> task = group.go(() -> {
                clock.broken.set(true);
                return "done";
            });
            GroupContract.untilLeft(group);
            clock.broken.set(false);
            Subtask<String> next = group.go(() -> "next");
            group.await();
            assertThat(task.get() + next.get()).isEqualTo("donenext");
            assertThat(log.count("'task-0'", "its end could not be reported", "no time"))
                    .isOne();
        }
    }

    @Test
    void J9_J12_a_clock_that_throws_at_the_end_of_a_cancelled_task_costs_no_slot_either() throws Exception {
        BrokenClock clock = new BrokenClock();
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).clock(clock).listener(new Recorder()))) {
            Gate end = new Gate();
            Subtask<?> task = GroupContract.running(group, () -> {
                end.passIgnoringInterrupts();
                clock.broken.set(true);
            });
            group.cancel();
            end.open();
            GroupContract.untilLeft(group);
            clock.broken.set(false);
            group.await();
            assertThat(task.state()).isEqualTo(State.SUCCEEDED);
            assertThat(log.count("the clock of group 'group'", "no time")).isOne();
        }
    }

    @Test
    void J4_J12_a_clock_that_throws_when_a_failure_cancels_the_group_keeps_nobody_from_being_cancelled()
            throws Exception {
        BrokenClock clock = new BrokenClock();
        IllegalStateException boom = new IllegalStateException("boom");
        try (ErrGroup group = ErrGroup.open(o -> o.clock(clock).listener(new Recorder()))) {
            Gate never = new Gate();
            Subtask<?> sibling = GroupContract.running(group, never::pass);
            Subtask<?> bad = group.go(() -> {
                clock.broken.set(true);
                throw boom;
            });
            Threads.until(() -> bad.state().isEnded() && sibling.state().isEnded());
            clock.broken.set(false);
            assertThatThrownBy(group::await).hasCause(boom);
            assertThat(sibling.state()).isEqualTo(State.CANCELLED);
        }
    }

    @Test
    void J9_N2_a_clock_that_throws_when_a_task_is_rejected_costs_no_slot() {
        BrokenClock clock = new BrokenClock();
        try (ErrGroup group = ErrGroup.open(
                o -> o.limit(1).clock(clock).listener(new Recorder()).executor(command -> {
                    clock.broken.set(true);
                    throw new RejectedExecutionException("full");
                }))) {
            Subtask<String> task = group.go(() -> "never");
            clock.broken.set(false);
            assertThat(Outstanding.of(group)).isZero();
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(log.has("the clock of group 'group'", "no time")).isTrue();
            assertThat(catchThrowable(group::await)).hasRootCauseMessage("full");
        }
    }

    /** The log is where the engine tells of faults at a task's end, so each text is one step further on its way out. */
    @ParameterizedTest
    @CsvSource({
        "false, could not be reset",
        "true, could not be reset",
        "true, could not be told",
        "true, could not be",
    })
    void J9_whatever_throws_at_a_tasks_end_the_log_too_its_slot_is_free(boolean clockBreaks, String unspeakable)
            throws Exception {
        BrokenClock clock = new BrokenClock();
        log.throwAt("restoring the thread's context", unspeakable);
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1)
                .clock(clock)
                .listener(new Recorder())
                .contextPropagator(() -> () -> () -> {
                    throw new IllegalStateException("not restored");
                }))) {
            for (int i = 0; i < 3; i++) {
                Subtask<String> task = group.go(() -> {
                    clock.broken.set(clockBreaks);
                    return "done";
                });
                GroupContract.untilLeft(group);
                clock.broken.set(false);
                assertThat(task.get()).isEqualTo("done");
            }
            group.await();
        }
        assertThat(log.thrown()).isGreaterThanOrEqualTo(3);
    }

    /** Whether the exception is a cancellation cannot be told, and that cannot be told either. */
    @Test
    void J3_J9_an_exception_that_cannot_be_asked_is_a_failure_though_the_log_throws_too() throws Exception {
        log.throwAt("cannot tell whether");
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
            Gate end = new Gate();
            Subtask<?> task = GroupContract.running(group, () -> {
                end.passIgnoringInterrupts();
                throw new Secretive();
            });
            group.cancel();
            end.open();
            GroupContract.untilLeft(group);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(group.snapshot().failed()).isOne();
            assertThat(log.thrown()).isOne();
            catchThrowable(group::await);
        }
    }

    @Test
    void J7_J9_a_users_exception_that_the_log_does_not_take_is_not_changed() throws Exception {
        IllegalStateException broken = new IllegalStateException("not restored");
        log.throwAt("restoring the thread's context");
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1)
                .contextPropagator(() -> () -> () -> {
                    throw broken;
                }))) {
            group.go(() -> "done");
            group.await();
        }
        assertThat(log.thrown()).isOne();
        assertThat(broken).hasNoSuppressedExceptions();
    }

    /** An executor that cannot be named. */
    private record Nameless(Executor inner) implements Executor {
        @Override
        public void execute(Runnable command) {
            inner.execute(command);
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no name");
        }
    }

    @Test
    void J9_N2_a_task_that_an_executor_without_a_name_rejects_has_failed() {
        Executor full = new Nameless(command -> {
            throw new RejectedExecutionException("full");
        });
        ErrGroup group = ErrGroup.open(o -> o.executor(full));
        Subtask<String> task = group.go(() -> "x");

        assertThatThrownBy(group::await)
                .hasRootCauseMessage("full")
                .hasMessageContaining("was rejected by its executor " + Nameless.class.getName());
        assertThat(task.state()).isEqualTo(Subtask.State.FAILED);
        group.close();
    }

    @Test
    void N2_a_task_that_an_executor_without_a_name_drops_runs_all_the_same() throws Exception {
        Executor dropping = new Nameless(command -> {});
        try (ErrGroup group = ErrGroup.open(o -> o.executor(dropping).starvationTimeout(Duration.ofMillis(5)))) {
            Subtask<String> task = group.go(() -> "x");
            group.await();
            assertThat(task.get()).isEqualTo("x");
        }
        assertThat(log.has("executor " + Nameless.class.getName(), "is starved or drops tasks"))
                .isTrue();
    }
}
