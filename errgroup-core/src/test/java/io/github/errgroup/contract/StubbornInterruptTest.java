package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.TaskThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** J1: a {@code Thread.interrupt} that throws or blocks does not keep the others from being cancelled. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
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
    @CsvSource({"0, false", "1, false", "3, false", "0, true", "1, true", "3, true"})
    void J1_an_interrupt_that_throws_does_not_keep_the_others_from_being_cancelled(int number, boolean reuse)
            throws Exception {
        Gate end = new Gate();
        try (LogTap log = new LogTap();
                ErrGroup group =
                        ErrGroup.open(o -> o.reuseThreads(reuse).threads(TaskThreads.from(stubborn(number, () -> {
                            end.open();
                            throw new SecurityException("not this thread");
                        }))))) {
            List<Subtask<?>> tasks = startTasks(group, number, end);
            group.cancel();
            catchThrowable(group::await);
            assertThat(log.has("interrupting thread", "not this thread"))
                    .as("logged")
                    .isTrue();
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

    @Test
    void J1_the_thread_that_calls_a_stubborn_interrupt_keeps_no_JVM_alive() throws Exception {
        Gate end = new Gate();
        AtomicReference<@Nullable Boolean> daemon = new AtomicReference<>();
        try (ErrGroup group = ErrGroup.open(o -> o.threads(TaskThreads.from(stubborn(0, () -> {
            daemon.set(Thread.currentThread().isDaemon());
            end.open();
        }))))) {
            GroupContract.running(group, end::pass);
            Thread canceller = new Thread(group::cancel);
            canceller.setDaemon(false);
            canceller.start();
            end.pass();
            canceller.join();
            catchThrowable(group::await);
        }
        assertThat(daemon).hasValue(true);
    }

    @Test
    void J10_no_lock_is_held_while_a_thread_is_interrupted() throws Exception {
        AtomicReference<@Nullable ErrGroup> open = new AtomicReference<>();
        AtomicReference<@Nullable Boolean> free = new AtomicReference<>();
        Gate end = new Gate();
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).threads(TaskThreads.from(stubborn(0, () -> {
            ErrGroup used = Objects.requireNonNull(open.get());
            free.set(Caller.runs(() -> {
                        used.setLimit(2);
                        used.snapshot();
                        used.context().addCancellationHook(() -> {}).close();
                        used.tryGo(() -> {});
                        used.cancel();
                    })
                    .endsWell());
            end.open();
        }))))) {
            open.set(group);
            GroupContract.running(group, end::passIgnoringInterrupts);
            group.cancel();
            catchThrowable(group::await);
        }
        assertThat(free).hasValue(true);
    }

    /** A worker that, unlike a ThreadPoolExecutor's, does not clear its flag between commands. */
    private static final class CarelessWorker implements Executor {
        private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

        private final Gate ended = new Gate();

        private final Thread thread;

        CarelessWorker(ThreadFactory factory) {
            thread = factory.newThread(this::work);
            thread.start();
        }

        private void work() {
            while (!ended.isOpen()) {
                Runnable command = commands.poll();
                if (command == null) {
                    LockSupport.parkNanos(1_000_000);
                } else {
                    command.run();
                }
            }
        }

        @Override
        public void execute(Runnable command) {
            commands.add(command);
            LockSupport.unpark(thread);
        }

        void end() {
            ended.open();
        }
    }

    /** Interleaving: the task ends of itself while the cancellation is inside the interrupt of its thread. */
    @Test
    void J1_an_interrupt_on_its_way_at_the_tasks_end_is_waited_for_and_taken_back() throws Exception {
        Gate entered = new Gate();
        Gate leave = new Gate();
        Gate delivered = new Gate();
        CarelessWorker worker = new CarelessWorker(command -> new Thread(command) {
            @Override
            public void interrupt() {
                entered.open();
                leave.passIgnoringInterrupts();
                super.interrupt();
                delivered.open();
            }
        });
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.executor(worker))) {
            Subtask<?> task = GroupContract.running(group, entered::passIgnoringInterrupts);
            Caller<?> canceller = Caller.runs(group::cancel);
            Threads.until(() -> task.state().isEnded());
            Gate next = new Gate();
            worker.execute(next::open);
            assertThat(next.opensWithinMillis(5))
                    .as("the worker goes on with the interrupt on its way")
                    .isFalse();
            leave.open();
            canceller.result();
            group.await(); // every task succeeded
            delivered.pass();

            FutureTask<Boolean> probe =
                    new FutureTask<>(() -> Thread.currentThread().isInterrupted());
            worker.execute(probe);
            assertThat(probe.get()).as("the flag that the next command finds").isFalse();
            assertThat(log.has("has not returned")).as("given up").isFalse();
        } finally {
            worker.end();
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
