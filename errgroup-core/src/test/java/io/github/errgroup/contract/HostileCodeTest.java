package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** J9, J10: user code that throws where nobody expects it costs no slot, hangs no group and hides no failure. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
}
