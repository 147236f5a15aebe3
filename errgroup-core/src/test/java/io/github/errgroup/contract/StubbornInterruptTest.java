package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.TaskThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J1: a {@code Thread.interrupt} that throws or blocks does not keep the others from being cancelled. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StubbornInterruptTest {
    private static final int TASKS = 4;

    /** Makes threads of which the one with this number has an interrupt of its own. */
    private static ThreadFactory stubborn(int number, Runnable interrupt) {
        AtomicInteger made = new AtomicInteger();
        return command -> {
            Thread thread = made.getAndIncrement() == number
                    ? new Thread(command) {
                        @Override
                        public void interrupt() {
                            interrupt.run();
                        }
                    }
                    : new Thread(command);
            thread.setDaemon(true);
            return thread;
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, TASKS - 1})
    void J1_an_interrupt_that_throws_does_not_keep_the_others_from_being_cancelled(int number) throws Exception {
        Gate end = new Gate();
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.threads(TaskThreads.from(stubborn(number, () -> {
                    end.open();
                    throw new SecurityException("not this thread");
                }))))) {
            List<Subtask<?>> tasks = startTasks(group, number, end);
            group.cancel();
            catchThrowable(group::await);
            assertThat(log).isNotNull();
            assertOthersCancelled(tasks, number);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, TASKS - 1})
    void J1_an_interrupt_that_blocks_does_not_keep_the_others_from_being_cancelled(int number) throws Exception {
        Gate entered = new Gate();
        Gate leave = new Gate();
        try (ErrGroup group = ErrGroup.open(o -> o.threads(TaskThreads.from(stubborn(number, () -> {
            entered.open();
            leave.passIgnoringInterrupts();
        }))))) {
            List<Subtask<?>> tasks = startTasks(group, number, leave);
            Caller<?> canceller = Caller.runs(group::cancel);

            entered.pass();
            Threads.until(
                    () -> tasks.stream().filter(task -> task.state().isEnded()).count() == TASKS - 1);
            leave.open();

            canceller.result();
            catchThrowable(group::await);
            assertOthersCancelled(tasks, number);
        }
    }

    private static List<Subtask<?>> startTasks(ErrGroup group, int stubborn, Gate end) throws InterruptedException {
        List<Subtask<?>> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            Gate running = new Gate();
            Gate own = i == stubborn ? end : new Gate();
            tasks.add(group.go(() -> {
                running.open();
                own.pass();
            }));
            running.pass();
        }
        return tasks;
    }

    private static void assertOthersCancelled(List<Subtask<?>> tasks, int stubborn) {
        for (int i = 0; i < TASKS; i++) {
            assertThat(tasks.get(i).state()).isEqualTo(i == stubborn ? State.SUCCEEDED : State.CANCELLED);
        }
    }
}
