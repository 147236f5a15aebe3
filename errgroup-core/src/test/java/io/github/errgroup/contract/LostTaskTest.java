package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks that never get a thread: rejected, dropped, or no thread to be had. Each ends, and gives its slot back. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LostTaskTest {

    private static final class FullHouse implements Executor {
        @Override
        public void execute(Runnable command) {
            throw new RejectedExecutionException("full");
        }

        @Override
        public String toString() {
            return "the full house";
        }
    }

    @Nested
    class Rejected {
        @Test
        void J7_N2_by_tryGo_is_no_task_that_a_later_cancellation_could_answer_for() throws Exception {
            try (ErrGroup group = ErrGroup.open(o -> o.executor(new FullHouse()))) {
                assertThat(group.tryGo(() -> "never")).isEmpty();
                group.cancel();
                group.await(); // every task, none, has succeeded
                assertThat(group.snapshot().submitted()).isZero();
            }
        }

        @Test
        void N2_go_returns_a_FAILED_handle_that_names_executor_and_fix_and_counts_as_a_failure() {
            Recorder recorder = new Recorder();
            try (ErrGroup group = ErrGroup.open(o -> o.executor(new FullHouse()).listener(recorder))) {
                Subtask<String> task = group.go("price", () -> "never");

                assertThat(task.state()).isEqualTo(State.FAILED);
                assertThat(task.exception())
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("the full house")
                        .hasMessageContaining("limit");
                assertThat(group.context().isCancelled()).isTrue();
                Throwable thrown = catchThrowable(group::await);
                assertThat(thrown).isInstanceOf(ErrGroupException.class).hasMessageContaining("price");
                assertThat(thrown.getCause()).isSameAs(task.exception());
            }
            assertThat(recorder.events()).contains("rejected price").doesNotContain("start price");
        }

        @Test
        void N2_the_message_ends_with_the_executors_reason_if_it_gives_one() {
            Executor speechless = command -> {
                throw new RejectedExecutionException();
            };
            try (ErrGroup full = ErrGroup.open(o -> o.executor(new FullHouse()));
                    ErrGroup silent = ErrGroup.open(o -> o.executor(speechless))) {
                assertThat(full.go(() -> "never").exception()).message().endsWith("its own threads: full");
                assertThat(silent.go(() -> "never").exception()).message().endsWith("its own threads");
                assertThat(catchThrowable(full::await)).isNotNull();
                assertThat(catchThrowable(silent::await)).isNotNull();
            }
        }

        @Test
        void N2_by_an_executor_that_is_shut_down_too() {
            ExecutorService pool = Executors.newFixedThreadPool(1);
            pool.shutdown();
            try (ErrGroup group = ErrGroup.open(o -> o.executor(pool))) {
                assertThat(group.tryGo(() -> "no")).isEmpty();
                assertThat(group.context().isCancelled()).isFalse();
                assertThat(group.go(() -> "never").state()).isEqualTo(State.FAILED);
                assertThat(catchThrowable(group::await)).hasCauseInstanceOf(RejectedExecutionException.class);
            }
        }

        @Test
        void N2_in_a_group_that_does_not_cancel_the_others_run() {
            AtomicInteger commands = new AtomicInteger();
            ExecutorService pool = Executors.newFixedThreadPool(1);
            try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).executor(command -> {
                if (commands.getAndIncrement() == 0) {
                    throw new RejectedExecutionException("the first");
                }
                pool.execute(command);
            }))) {
                Subtask<String> lost = group.go(() -> "never");
                Subtask<String> next = group.go(() -> "runs");
                assertThat(catchThrowable(group::await)).hasCause(lost.exception());
                assertThat(next.get()).isEqualTo("runs");
            } finally {
                pool.shutdownNow();
            }
        }

        @Test
        void N2_J9_gives_its_slot_back() throws Exception {
            AtomicInteger commands = new AtomicInteger();
            try (ErrGroup group =
                    ErrGroup.open(o -> o.limit(1).cancelOnError(false).executor(command -> {
                        if (commands.getAndIncrement() < 2) {
                            throw new RejectedExecutionException("the first two");
                        }
                        command.run();
                    }))) {
                assertThat(group.tryGo(() -> "no")).isEmpty();
                assertThat(group.go(() -> "no").state()).isEqualTo(State.FAILED);
                assertThat(group.go(() -> "yes").get()).isEqualTo("yes");
                catchThrowable(group::await);
            }
        }

        @Test
        void N2_when_queued_by_a_task_it_fails_when_its_turn_comes() {
            AtomicInteger commands = new AtomicInteger();
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1).executor(command -> {
                if (commands.getAndIncrement() > 0) {
                    throw new RejectedExecutionException("all but the first");
                }
                new Thread(command).start();
            }))) {
                group.go(() -> {
                    for (int i = 0; i < 10; i++) {
                        group.go(() -> "never");
                    }
                });
                assertThat(catchThrowable(group::await)).hasCauseInstanceOf(RejectedExecutionException.class);
                assertThat(group.snapshot().submitted()).isEqualTo(11);
                assertThat(group.snapshot().pending()).isZero();
            }
        }
    }

    static Stream<ThreadFactory> brokenFactories() {
        return Stream.of(
                command -> null,
                command -> {
                    throw new IllegalStateException("no thread");
                },
                command -> new Thread(command) {
                    @Override
                    public void start() {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                });
    }

    @Nested
    class Without_a_thread {
        @ParameterizedTest
        @MethodSource("io.github.errgroup.contract.LostTaskTest#brokenFactories")
        void J9_the_task_is_FAILED_and_its_slot_free(ThreadFactory broken) {
            for (boolean reuse : new boolean[] {true, false}) {
                AtomicInteger threads = new AtomicInteger();
                Recorder recorder = new Recorder();
                ThreadFactory factory =
                        command -> threads.getAndIncrement() == 0 ? broken.newThread(command) : new Thread(command);
                ErrGroup group = ErrGroup.open(o -> o.limit(1)
                        .reuseThreads(reuse)
                        .cancelOnError(false)
                        .threadFactory(factory)
                        .listener(recorder));

                Subtask<String> lost = group.go("lost", () -> "never");
                Subtask<String> next = group.go(() -> "runs");
                Throwable thrown = catchThrowable(group::await);

                assertThat(lost.state()).isEqualTo(State.FAILED);
                assertThat(lost.exception()).isNotNull();
                assertThat(next.get()).isEqualTo("runs");
                assertThat(thrown).isNotNull();
                assertThat(recorder.events()).contains("rejected lost").doesNotContain("start lost");
                group.close();
            }
        }

        @Test
        void J9_the_message_tells_what_the_factory_returned() {
            assertThat(failureOf(command -> null)).hasMessageContaining("returned null;");
            assertThat(failureOf(command -> {
                        Thread thread = new Thread(() -> {});
                        thread.start();
                        return thread;
                    }))
                    .hasMessageContaining("returned a thread that was started already;");
        }

        private @Nullable Throwable failureOf(ThreadFactory factory) {
            try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).threadFactory(factory))) {
                Subtask<String> lost = group.go(() -> "never");
                assertThat(catchThrowable(group::await)).isNotNull();
                return lost.exception();
            }
        }

        /** The thread may or may not get to the task before the engine refuses it: either way it ends once. */
        @Test
        void J3_J9_a_factory_that_starts_its_threads_itself_ends_each_task_once() {
            for (int round = 0; round < 20; round++) {
                try (ErrGroup group = ErrGroup.open(
                        o -> o.limit(1).cancelOnError(false).reuseThreads(false).threadFactory(command -> {
                            Thread thread = new Thread(command);
                            thread.start();
                            return thread;
                        }))) {
                    AtomicInteger ran = new AtomicInteger();
                    Subtask<?> one = group.go(ran::incrementAndGet);
                    Subtask<?> two = group.go(ran::incrementAndGet);
                    catchThrowable(group::await);
                    assertThat(one.state()).isIn(State.SUCCEEDED, State.FAILED);
                    assertThat(two.state()).isIn(State.SUCCEEDED, State.FAILED);
                    assertThat(group.snapshot().succeeded()).isEqualTo(ran.get());
                    assertThat(group.snapshot().failed()).isEqualTo(2 - ran.get());
                }
            }
        }

        @Test
        void J3_a_thread_that_runs_its_command_twice_runs_the_task_once() throws Exception {
            for (boolean reuse : new boolean[] {true, false}) {
                try (ErrGroup group = ErrGroup.open(o -> o.limit(1)
                        .reuseThreads(reuse)
                        .threadFactory(command -> new Thread(() -> {
                            command.run();
                            command.run();
                        })))) {
                    AtomicInteger ran = new AtomicInteger();
                    for (int i = 0; i < 10; i++) {
                        group.go(ran::incrementAndGet);
                    }
                    group.await();
                    assertThat(ran).hasValue(10);
                    assertThat(group.snapshot().succeeded()).isEqualTo(10);
                }
            }
        }

        @Test
        void J9_J7_an_OutOfMemoryError_at_thread_start_is_not_swallowed() {
            OutOfMemoryError error = new OutOfMemoryError("unable to create native thread");
            ErrGroup group = ErrGroup.open(o -> o.threadFactory(command -> new Thread(command) {
                @Override
                public void start() {
                    throw error;
                }
            }));
            Subtask<String> task = group.go((Callable<String>) () -> "never");
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(catchThrowable(group::await)).isSameAs(error);
            group.close();
        }

        @Test
        void J9_an_Error_of_the_executor_frees_the_slot_too() throws Exception {
            AtomicInteger commands = new AtomicInteger();
            try (ErrGroup group =
                    ErrGroup.open(o -> o.limit(1).cancelOnError(false).executor(command -> {
                        if (commands.getAndIncrement() == 0) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        command.run();
                    }))) {
                assertThat(group.go(() -> "no").state()).isEqualTo(State.FAILED);
                assertThat(group.go(() -> "yes").get()).isEqualTo("yes");
                assertThat(catchThrowable(group::await)).isInstanceOf(OutOfMemoryError.class);
            }
        }
    }

    @Nested
    class Dropped {
        private LogTap log;

        @BeforeEach
        void openTheLog() {
            log = new LogTap();
        }

        @AfterEach
        void closeTheLog() {
            log.close();
        }

        private final UnaryOperator<ErrGroupOptions.Builder> dropping =
                o -> o.executor(command -> {}).starvationTimeout(Duration.ofMillis(5));

        @Test
        void N2_a_silently_dropped_task_is_compensated_so_that_await_returns() throws Exception {
            Recorder recorder = new Recorder();
            try (ErrGroup group = ErrGroup.open(o -> dropping.apply(o).listener(recorder))) {
                Subtask<String> one = group.go("one", () -> "1");
                Subtask<String> two = group.go("two", () -> "2");
                group.await();
                assertThat(one.get() + two.get()).isEqualTo("12");
                assertThat(recorder.countOf("compensated")).isEqualTo(2);
                assertThat(recorder.events()).containsSubsequence("compensated one", "start one", "end one SUCCEEDED");
            }
        }

        @Test
        void N2_a_caller_blocked_in_go_by_dropped_tasks_goes_on() throws Exception {
            try (ErrGroup group = ErrGroup.open(o -> dropping.apply(o).limit(1))) {
                for (int i = 0; i < 5; i++) {
                    group.go(() -> {});
                }
                group.await();
                assertThat(group.snapshot().succeeded()).isEqualTo(5);
            }
        }

        @Test
        void N2_close_ends_with_dropped_tasks_SKIPPED() {
            ErrGroup group = ErrGroup.open(dropping::apply);
            Subtask<String> task = group.go(() -> "never");
            assertThat(catchThrowable(group::close)).isInstanceOf(IllegalStateException.class);
            assertThat(task.state()).isEqualTo(State.SKIPPED);
        }

        @Test
        void N2_tasks_that_a_pool_forgets_in_shutdownNow_are_compensated() throws Exception {
            ExecutorService pool = Executors.newFixedThreadPool(1);
            Gate running = new Gate();
            pool.execute(() -> {
                running.open();
                catchThrowable(() -> new Gate().pass());
            });
            running.pass();
            try (ErrGroup group = ErrGroup.open(o -> o.executor(pool).starvationTimeout(Duration.ofMillis(5)))) {
                Subtask<String> task = group.go(() -> "after all");
                pool.shutdownNow();
                group.await();
                assertThat(task.get()).isEqualTo("after all");
            }
        }
    }

    /** Makes a thread, or something like it, that loses what it was made for. */
    enum Loser {
        DROPS {
            @Override
            Thread threadFor(Runnable command) {
                return new Thread(() -> {});
            }
        },
        DIES_BEFORE {
            @Override
            Thread threadFor(Runnable command) {
                Thread thread = new Thread(() -> {
                    throw new StackOverflowError("before the command");
                });
                thread.setUncaughtExceptionHandler((dead, error) -> {});
                return thread;
            }
        },
        STARTS_NOTHING {
            @Override
            Thread threadFor(Runnable command) {
                return new Thread(command) {
                    @Override
                    public void start() {}
                };
            }
        };

        abstract Thread threadFor(Runnable command);
    }

    @Nested
    class Lost_by_a_thread_factory {
        private final Recorder recorder = new Recorder();

        private LogTap log;

        @BeforeEach
        void openTheLog() {
            log = new LogTap();
        }

        @AfterEach
        void closeTheLog() {
            log.close();
        }

        private ErrGroup open(boolean reuse, int limit, ThreadFactory factory) {
            return ErrGroup.open(o -> o.limit(limit)
                    .reuseThreads(reuse)
                    .starvationTimeout(Duration.ofMillis(5))
                    .threadFactory(factory)
                    .listener(recorder));
        }

        @ParameterizedTest
        @EnumSource(Loser.class)
        void N2_its_task_is_run_by_a_compensating_thread(Loser loser) throws Exception {
            for (boolean reuse : new boolean[] {false, true}) {
                try (ErrGroup group = open(reuse, -1, loser::threadFor)) {
                    Subtask<Thread> one = group.go("one", Thread::currentThread);
                    Subtask<Thread> two = group.go("two", Thread::currentThread);
                    group.await();
                    assertThat(one.get()).isNotSameAs(Thread.currentThread()).matches(Thread::isDaemon, "a daemon");
                    assertThat(two.get()).isNotSameAs(Thread.currentThread());
                }
            }
            assertThat(recorder.countOf("compensated")).isEqualTo(4);
            assertThat(recorder.events()).containsSubsequence("compensated one", "start one", "end one SUCCEEDED");
            assertThat(log.count("ended without running its task", "Logged once"))
                    .isEqualTo(2); // two factories
        }

        @Test
        void G7_N2_its_task_is_one_of_the_group_in_that_thread_and_can_be_interrupted() throws Exception {
            for (boolean reuse : new boolean[] {false, true}) {
                Gate refused = new Gate();
                ErrGroup group = open(reuse, -1, Loser.DROPS::threadFor);
                Subtask<?> task = group.go(() -> {
                    assertThat(catchThrowable(group::await)).hasMessageContaining("by one of its own tasks");
                    refused.open();
                    new Gate().pass();
                });
                Caller<?> waiting = Caller.runs(group::await);
                refused.pass();
                group.cancel();
                assertThat(waiting.failure()).isNotNull();
                assertThat(task.state()).isEqualTo(State.CANCELLED);
                group.close();
            }
        }

        @ParameterizedTest
        @EnumSource(Loser.class)
        void N2_a_caller_blocked_in_go_goes_on(Loser loser) throws Exception {
            for (boolean reuse : new boolean[] {false, true}) {
                try (ErrGroup group = open(reuse, 1, loser::threadFor)) {
                    for (int i = 0; i < 5; i++) {
                        group.go(() -> {});
                    }
                    group.await();
                    assertThat(group.snapshot().succeeded()).isEqualTo(5);
                }
            }
        }

        @ParameterizedTest
        @EnumSource(Loser.class)
        void N2_close_ends_with_it_SKIPPED(Loser loser) {
            for (boolean reuse : new boolean[] {false, true}) {
                ErrGroup group = open(reuse, -1, loser::threadFor);
                Subtask<String> task = group.go(() -> "never");
                assertThat(catchThrowable(group::close)).isInstanceOf(IllegalStateException.class);
                assertThat(task.state()).isEqualTo(State.SKIPPED);
            }
        }

        /** The first thread has the first task in hand; the second one is to serve the queue. */
        @Test
        void N2_each_second_thread_only() throws Exception {
            AtomicInteger threads = new AtomicInteger();
            ThreadFactory each = command ->
                    threads.getAndIncrement() % 2 == 0 ? new Thread(command) : Loser.DROPS.threadFor(command);
            for (boolean reuse : new boolean[] {false, true}) {
                try (ErrGroup group = open(reuse, 4, each)) {
                    Gate all = new Gate(4);
                    for (int i = 0; i < 4; i++) {
                        group.go(() -> {
                            all.open();
                            all.pass();
                        });
                    }
                    group.await();
                    assertThat(group.snapshot().succeeded()).isEqualTo(4);
                }
            }
        }

        /** The thread has ended, and another one comes with the command when the task has been run already. */
        @Test
        void J3_a_command_that_comes_late_after_all_runs_nothing() throws Exception {
            for (boolean reuse : new boolean[] {false, true}) {
                List<Runnable> commands = new CopyOnWriteArrayList<>();
                AtomicInteger ran = new AtomicInteger();
                try (ErrGroup group = open(reuse, -1, command -> {
                    commands.add(command);
                    return new Thread(() -> {});
                })) {
                    group.go(ran::incrementAndGet);
                    group.await();
                    commands.forEach(Runnable::run);
                    assertThat(ran).hasValue(1);
                    assertThat(group.snapshot().succeeded()).isOne();
                }
            }
        }

        @Test
        void J3_a_command_that_two_threads_run_at_once_runs_the_task_once() throws Exception {
            for (boolean reuse : new boolean[] {false, true}) {
                AtomicInteger ran = new AtomicInteger();
                Gate running = new Gate();
                Gate ranTwice = new Gate();
                try (ErrGroup group = open(reuse, -1, command -> {
                    Thread other = new Thread(() -> {
                        running.passIgnoringInterrupts();
                        command.run();
                        ranTwice.open();
                    });
                    other.start();
                    return new Thread(command);
                })) {
                    Subtask<?> task = group.go(() -> {
                        ran.incrementAndGet();
                        running.open();
                        ranTwice.pass();
                    });
                    group.await();
                    assertThat(ran).hasValue(1);
                    assertThat(task.state()).isEqualTo(State.SUCCEEDED);
                    assertThat(group.snapshot().failed()).isZero();
                }
            }
        }

        @Test
        void J9_a_start_that_throws_after_it_has_started_loses_nothing() throws Exception {
            for (boolean reuse : new boolean[] {false, true}) {
                Gate begun = new Gate();
                Gate end = new Gate();
                try (ErrGroup group = open(reuse, -1, command -> new Thread(command) {
                    @Override
                    public void start() {
                        super.start();
                        begun.passIgnoringInterrupts();
                        throw new IllegalStateException("and yet it has");
                    }
                })) {
                    Caller<Subtask<String>> caller = Caller.calls(() -> group.go(() -> {
                        begun.open();
                        end.pass();
                        return "ran";
                    }));
                    Subtask<String> task = caller.result();
                    end.open();
                    group.await();
                    assertThat(task.get()).isEqualTo("ran");
                }
            }
        }
    }

    @Test
    void J3_an_executor_that_runs_a_command_in_two_threads_at_once_runs_the_task_once() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        Gate running = new Gate();
        Gate ranTwice = new Gate();
        try (ErrGroup group = ErrGroup.open(o -> o.executor(command -> {
            new Thread(command).start();
            new Thread(() -> {
                        running.passIgnoringInterrupts();
                        command.run();
                        ranTwice.open();
                    })
                    .start();
        }))) {
            group.go(() -> {
                ran.incrementAndGet();
                running.open();
                ranTwice.pass();
            });
            group.await();
            assertThat(ran).hasValue(1);
            assertThat(group.snapshot().succeeded()).isOne();
        }
    }
}
