package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * N2: a limit that fits the executor exactly. A task frees its slot before the executor's thread is back at its queue; a
 * rejection in between is none.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FittingLimitTest {
    private static final int ROUNDS = 5;

    private static final int TASKS = 200;

    /** Executors that have room for so many tasks, and not for one more. */
    enum Fit {
        TEN_THREADS(10, 0),
        ONE_THREAD(1, 0),
        ONE_THREAD_AND_A_QUEUE_OF_ONE(1, 1),
        FIVE_THREADS_AND_A_QUEUE_OF_FIVE(5, 5);

        private final int threads;

        private final int queue;

        Fit(int threads, int queue) {
            this.threads = threads;
            this.queue = queue;
        }

        int room() {
            return threads + queue;
        }

        ThreadPoolExecutor open() {
            BlockingQueue<Runnable> waiting = queue == 0 ? new SynchronousQueue<>() : new ArrayBlockingQueue<>(queue);
            return new ThreadPoolExecutor(queue == 0 ? 0 : threads, threads, 9, TimeUnit.SECONDS, waiting);
        }
    }

    /** What a round does with its pool. A rejection fails it. */
    private interface Round {
        void run(ErrGroupOptions options, int room) throws Exception;
    }

    private static void everyRound(Fit fit, Round round) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            ThreadPoolExecutor pool = fit.open();
            try {
                round.run(ErrGroupOptions.builder().executor(pool).build(), fit.room());
            } finally {
                pool.shutdownNow();
            }
        }
    }

    @Nested
    class Rejects_nothing {
        @ParameterizedTest
        @EnumSource(Fit.class)
        void N2_of_a_caller_that_is_blocked_in_go(Fit fit) throws Exception {
            everyRound(fit, (options, room) -> {
                try (ErrGroup group =
                        ErrGroup.open(options.toBuilder().limit(room).build())) {
                    group.forEach(IntStream.range(0, TASKS).boxed(), i -> {});
                    group.await();
                }
            });
        }

        @ParameterizedTest
        @EnumSource(Fit.class)
        void N2_of_what_tasks_queue(Fit fit) throws Exception {
            everyRound(fit, (options, room) -> {
                try (ErrGroup group =
                        ErrGroup.open(options.toBuilder().limit(room).build())) {
                    group.go(() -> {
                        for (int i = 0; i < TASKS; i++) {
                            group.go(() -> {});
                        }
                    });
                    group.await();
                    assertThat(group.snapshot().succeeded()).isEqualTo(TASKS + 1);
                }
            });
        }

        @ParameterizedTest
        @EnumSource(Fit.class)
        void N2_of_tryGo_after_await(Fit fit) throws Exception {
            everyRound(fit, (options, room) -> {
                try (ErrGroup group = ErrGroup.open(
                        options.toBuilder().limit(room).cancelOnError(false).build())) {
                    for (int i = 0; i < TASKS / room; i++) {
                        for (int slot = 0; slot < room; slot++) {
                            assertThat(group.tryGo(() -> {})).isPresent();
                        }
                        group.await();
                    }
                }
            });
        }

        @ParameterizedTest
        @EnumSource(Fit.class)
        void N2_of_one_group_after_another_without_a_limit(Fit fit) throws Exception {
            everyRound(fit, (options, room) -> {
                for (int i = 0; i < TASKS / room; i++) {
                    try (ErrGroup group = ErrGroup.open(options)) {
                        for (int task = 0; task < room; task++) {
                            group.go(() -> {});
                        }
                        group.await();
                    }
                }
            });
        }

        /** What is skipped has left a command in the pool's queue. */
        @ParameterizedTest
        @EnumSource(Fit.class)
        void N2_of_a_group_after_one_that_was_cancelled(Fit fit) throws Exception {
            everyRound(fit, (options, room) -> {
                for (int i = 0; i < 20; i++) {
                    try (ErrGroup group = ErrGroup.open(
                            options.toBuilder().limit(room).cancelOnError(false).build())) {
                        for (int task = 0; task < room; task++) {
                            group.go(() -> {});
                        }
                        group.cancel();
                        catchThrowable(group::await);
                    }
                    try (ErrGroup next =
                            ErrGroup.open(options.toBuilder().limit(room).build())) {
                        for (int task = 0; task < room; task++) {
                            next.go(() -> {});
                        }
                        next.await();
                    }
                }
            });
        }

        @ParameterizedTest
        @EnumSource(Fit.class)
        void N2_of_several_groups_under_a_shared_limit(Fit fit) throws Exception {
            everyRound(fit, (options, room) -> {
                SharedLimit shared = new SharedLimit(room);
                List<Caller<?>> callers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    callers.add(Caller.runs(() -> {
                        try (ErrGroup group = ErrGroup.open(
                                options.toBuilder().sharedLimit(shared).build())) {
                            group.forEach(IntStream.range(0, TASKS / 3).boxed(), task -> {});
                            group.go(() -> {
                                for (int task = 0; task < TASKS / 3; task++) {
                                    group.go(() -> {});
                                }
                            });
                            group.await();
                        }
                    }));
                }
                for (Caller<?> caller : callers) {
                    caller.result();
                }
            });
        }

        @Test
        void N2_of_two_groups_whose_limits_fit_together() throws Exception {
            everyRound(Fit.TEN_THREADS, (options, room) -> {
                List<Caller<?>> callers = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    callers.add(Caller.runs(() -> {
                        try (ErrGroup group = ErrGroup.open(
                                options.toBuilder().limit(room / 2).build())) {
                            group.forEach(IntStream.range(0, TASKS).boxed(), task -> {});
                            group.await();
                        }
                    }));
                }
                for (Caller<?> caller : callers) {
                    caller.result();
                }
            });
        }
    }

    /** Has room for one task, until its thread has done what comes after it. Counts what it is handed. */
    private static final class RoomForOne implements Executor {
        private final AtomicInteger attempts = new AtomicInteger();

        private final AtomicInteger room = new AtomicInteger(1);

        /** What the thread passes before it is back. */
        private final Gate way = new Gate();

        private final Runnable whenFull;

        RoomForOne(Runnable whenFull) {
            this.whenFull = whenFull;
        }

        @Override
        public void execute(Runnable command) {
            attempts.incrementAndGet();
            if (!room.compareAndSet(1, 0)) {
                whenFull.run();
                throw new RejectedExecutionException("room for one");
            }
            Thread thread = new Thread(
                    () -> {
                        command.run();
                        way.passIgnoringInterrupts();
                        room.set(1);
                    },
                    "room-for-one");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** A pool whose thread is the task of another group: whatever ends there, the thread is on its way back. */
    @Test
    void N2_J1_of_a_pool_whose_thread_is_itself_a_task() throws Exception {
        SynchronousQueue<Runnable> commands = new SynchronousQueue<>();
        AtomicInteger interrupted = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        try (ErrGroup pool = ErrGroup.open()) {
            pool.go(() -> {
                while (!pool.context().isCancelled()) {
                    try {
                        commands.take().run();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                    }
                }
            });
            ErrGroupOptions options = ErrGroupOptions.builder()
                    .limit(1)
                    .executor(command -> {
                        if (!commands.offer(command)) {
                            throw new RejectedExecutionException("its one thread is not back");
                        }
                    })
                    .build();
            Threads.until(() -> {
                try (ErrGroup first = ErrGroup.open(options)) {
                    boolean isThere = first.tryGo(() -> {}).isPresent();
                    first.await();
                    return isThere;
                }
            });
            try (ErrGroup group = ErrGroup.open(options)) {
                group.forEach(IntStream.range(0, TASKS).boxed(), task -> {
                    ended.incrementAndGet();
                    Thread.currentThread().interrupt();
                });
                group.await();
            } finally {
                pool.cancel();
                catchThrowable(pool::await);
            }
        }
        assertThat(ended).hasValue(TASKS);
        assertThat(interrupted.get()).as("by the tasks, or the cancellation").isLessThanOrEqualTo(1);
    }

    /** One thread that lasts, with room for the one command that it runs. */
    private static final class LastingThread implements Executor {
        private final AtomicInteger attempts = new AtomicInteger();

        private final AtomicInteger room = new AtomicInteger(1);

        private final BlockingQueue<Runnable> handed = new ArrayBlockingQueue<>(1);

        private final Semaphore ran = new Semaphore(0);

        private final Thread thread = new Thread(this::work, "lasting");

        /** What the thread passes before it runs a command. */
        private volatile Gate way = new Gate();

        /** What the thread passes before it is back. */
        private volatile Gate wayBack = new Gate();

        private volatile Runnable whenFull = () -> {};

        LastingThread() {
            way.open();
            wayBack.open();
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void execute(Runnable command) {
            attempts.incrementAndGet();
            if (!room.compareAndSet(1, 0)) {
                whenFull.run();
                throw new RejectedExecutionException("one thread");
            }
            handed.add(command);
        }

        private void work() {
            try {
                while (true) {
                    Runnable command = handed.take();
                    way.passIgnoringInterrupts();
                    command.run();
                    ran.release();
                    wayBack.passIgnoringInterrupts();
                    room.set(1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // closed
            }
        }

        void untilBack() {
            Threads.until(() -> room.get() == 1);
        }

        void close() {
            thread.interrupt();
        }
    }

    @Nested
    class A_rejection {
        private RoomForOne executor = new RoomForOne(() -> {});

        @AfterEach
        void letGo() {
            executor.way.open();
        }

        private ErrGroupOptions options() {
            return ErrGroupOptions.builder()
                    .executor(executor)
                    .starvationTimeout(java.time.Duration.ofHours(1))
                    .limit(1)
                    .cancelOnError(false)
                    .build();
        }

        private void isLetGoByTheFirstRejection() {
            executor = new RoomForOne(() -> executor.way.open());
        }

        @Test
        void N2_while_a_thread_is_on_its_way_is_none_for_go() throws Exception {
            isLetGoByTheFirstRejection();
            try (ErrGroup group = ErrGroup.open(options())) {
                group.go(() -> {});
                Subtask<String> next = group.go(() -> Thread.currentThread().getName());
                group.await();
                assertThat(next.get()).isEqualTo("room-for-one");
            }
        }

        @Test
        void N2_while_a_thread_is_on_its_way_is_none_for_tryGo() throws Exception {
            isLetGoByTheFirstRejection();
            try (ErrGroup group = ErrGroup.open(options())) {
                group.go(() -> {});
                group.await();
                assertThat(group.tryGo(() -> "x")).isPresent();
                group.await();
            }
        }

        /** The thread that launches it is the one that it needs. */
        @Test
        void N2_of_what_the_ending_task_starts_is_none_either() throws Exception {
            executor.way.open();
            try (ErrGroup group = ErrGroup.open(options())) {
                AtomicInteger ran = new AtomicInteger();
                group.go(() -> {
                    for (int i = 0; i < 5; i++) {
                        group.go(ran::incrementAndGet);
                    }
                });
                group.await();
                assertThat(ran).hasValue(5);
                assertThat(group.snapshot().failed()).isZero();
            }
        }

        /** It stands in the pool although a compensating thread has run its task: the pool's own was not there yet. */
        @Test
        void N2_because_of_a_command_whose_task_was_compensated_is_none() throws Exception {
            Gate way = new Gate();
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    1,
                    1,
                    9,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    body -> new Thread(() -> {
                        way.passIgnoringInterrupts();
                        body.run();
                    }),
                    (command, full) -> {
                        way.open();
                        throw new RejectedExecutionException("room for one");
                    });
            try (ErrGroup group = ErrGroup.open(options().toBuilder()
                    .executor(pool)
                    .starvationTimeout(java.time.Duration.ofMillis(1))
                    .build())) {
                group.go(() -> {});
                group.await();
                Subtask<String> next = group.go(() -> "x");
                group.await();
                assertThat(next.get()).isEqualTo("x");
            } finally {
                way.open();
                pool.shutdownNow();
            }
        }

        /** The thread was idle for long, and has just found that the one command was of a task that was skipped. */
        @Test
        void N2_while_a_thread_comes_back_from_a_command_with_nothing_to_run_is_none() throws Exception {
            LastingThread pool = new LastingThread();
            ErrGroupOptions on = options().toBuilder().executor(pool).build();
            try (ErrGroup group = ErrGroup.open(on);
                    ErrGroup cancelled = ErrGroup.open(on);
                    ErrGroup last = ErrGroup.open(on)) {
                pool.wayBack = new Gate();
                group.go(() -> {});
                pool.ran.acquire();
                Threads.until(
                        () -> { // the thread was looked at, for so long that it is not expected any more
                            int before = pool.attempts.get();
                            return group.tryGo(() -> {}).isEmpty() && pool.attempts.get() == before + 1;
                        });
                pool.wayBack.open();
                pool.untilBack();

                pool.way = new Gate();
                pool.wayBack = new Gate();
                cancelled.go(() -> {});
                cancelled.cancel();
                pool.way.open();
                pool.ran.acquire();
                pool.whenFull = pool.wayBack::open;
                Subtask<String> next = last.go(() -> "x");
                last.await();
                assertThat(next.get()).isEqualTo("x");
                catchThrowable(group::await);
                catchThrowable(cancelled::await);
            } finally {
                pool.close();
            }
        }

        @Test
        void N2_while_every_thread_is_in_a_task_comes_at_once_though_one_was_skipped_before_it_was_handed_over()
                throws Exception {
            Gate queued = new Gate();
            Gate end = new Gate();
            try (ErrGroup group = ErrGroup.open(options().toBuilder()
                            .limit(2)
                            .sharedLimit(new SharedLimit(1))
                            .build());
                    ErrGroup other = ErrGroup.open(options())) {
                group.go(() -> {
                    group.go(() -> {});
                    queued.open();
                    end.passIgnoringInterrupts();
                });
                queued.pass();
                group.cancel();
                assertThat(other.go(() -> "never").state()).isEqualTo(State.FAILED);
                assertThat(executor.attempts).hasValue(2);
                end.open();
                catchThrowable(other::await);
                catchThrowable(group::await);
            }
        }

        /** It has found the commands of the tasks that were skipped, so that they take no room any more. */
        @Test
        void N2_while_every_thread_is_in_a_task_comes_at_once_though_others_were_skipped_before() throws Exception {
            LastingThread pool = new LastingThread();
            ErrGroupOptions on = options().toBuilder().executor(pool).build();
            try (ErrGroup cancelled = ErrGroup.open(on);
                    ErrGroup group = ErrGroup.open(on.toBuilder().limit(2).build())) {
                pool.way = new Gate();
                cancelled.go(() -> {});
                cancelled.cancel();
                pool.way.open();
                pool.ran.acquire();
                pool.untilBack();
                Gate end = new Gate();
                GroupContract.running(group, end::passIgnoringInterrupts);
                int before = pool.attempts.get();
                assertThat(group.go(() -> "never").state()).isEqualTo(State.FAILED);
                assertThat(pool.attempts.get() - before)
                        .as("the first rejection of an executor is tried again")
                        .isEqualTo(2);
                end.open();
                catchThrowable(group::await);
                catchThrowable(cancelled::await);
            } finally {
                pool.close();
            }
        }

        /** One caller runs what others hand over meanwhile: its way back is theirs. */
        @Test
        void N2_while_a_caller_that_runs_others_commands_is_on_its_way_is_none() throws Exception {
            AtomicBoolean running = new AtomicBoolean();
            BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(1);
            Semaphore room = new Semaphore(1);
            Gate way = new Gate();
            Executor oneByOne = command -> {
                if (running.compareAndSet(false, true)) {
                    command.run();
                    for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
                        next.run();
                        way.passIgnoringInterrupts();
                        room.release();
                    }
                    running.set(false);
                } else if (room.tryAcquire()) {
                    queue.add(command);
                } else {
                    way.open();
                    throw new RejectedExecutionException("room for one");
                }
            };
            ErrGroupOptions on = options().toBuilder().executor(oneByOne).build();
            Gate end = new Gate();
            try (ErrGroup first = ErrGroup.open(on);
                    ErrGroup others = ErrGroup.open(on)) {
                Gate started = new Gate();
                Caller<?> caller = Caller.runs(() -> first.go(() -> {
                    started.open();
                    end.passIgnoringInterrupts();
                }));
                started.pass();
                others.go(() -> {});
                end.open();
                GroupContract.untilAllEnded(others);
                Subtask<String> next = others.go(() -> "x");
                others.await();
                assertThat(next.get()).isEqualTo("x");
                caller.result();
                first.await();
            } finally {
                end.open();
                way.open();
            }
        }

        @Test
        void N2_leaves_the_callers_flag_as_it_was() throws Exception {
            isLetGoByTheFirstRejection();
            try (ErrGroup group = ErrGroup.open(options())) {
                group.go(() -> {});
                GroupContract.untilAllEnded(group);
                Thread.currentThread().interrupt();
                Subtask<String> next = group.go(() -> "x");
                assertThat(Thread.interrupted()).isTrue();
                group.await();
                assertThat(next.get()).isEqualTo("x");
            }
        }

        @Test
        void N2_by_an_executor_that_stays_full_is_one_after_all() {
            try (ErrGroup group = ErrGroup.open(options())) {
                group.go(() -> {});
                Subtask<String> next = group.go(() -> "never");
                assertThat(next.state()).isEqualTo(State.FAILED);
                assertThat(executor.attempts.get()).isBetween(3, 20);
                assertThat(catchThrowable(group::await)).hasCauseInstanceOf(RejectedExecutionException.class);
            }
        }

        @Test
        void N2_while_every_thread_is_in_a_task_comes_at_once() throws Exception {
            try (ErrGroup group = ErrGroup.open(options().toBuilder().limit(2).build())) {
                Gate end = new Gate();
                GroupContract.running(group, end::pass);
                assertThat(group.tryGo(() -> "never")).isEmpty();
                assertThat(group.go(() -> "never").state()).isEqualTo(State.FAILED);
                assertThat(executor.attempts).hasValue(3);
                end.open();
                catchThrowable(group::await);
            }
        }

        @Test
        void N2_after_which_the_group_is_cancelled_skips_the_task() {
            AtomicInteger rejections = new AtomicInteger();
            List<ErrGroup> groups = new ArrayList<>();
            executor = new RoomForOne(() -> {
                if (rejections.incrementAndGet() == 2) {
                    groups.get(0).cancel();
                }
            });
            try (ErrGroup group = ErrGroup.open(options())) {
                groups.add(group);
                group.go(() -> {});
                Subtask<String> next = group.go(() -> "never");
                assertThat(next.state()).isEqualTo(State.SKIPPED);
                assertThat(executor.attempts).hasValue(3);
                catchThrowable(group::await);
            }
        }

        @Test
        void N2_by_a_pool_that_is_shut_down_comes_at_once() throws Exception {
            AtomicInteger attempts = new AtomicInteger();
            Gate way = new Gate();
            ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 9, TimeUnit.SECONDS, new SynchronousQueue<>()) {
                @Override
                public void execute(Runnable command) {
                    attempts.incrementAndGet();
                    super.execute(command);
                }

                @Override
                protected void afterExecute(Runnable command, Throwable failure) {
                    way.passIgnoringInterrupts();
                }
            };
            try (ErrGroup group =
                    ErrGroup.open(options().toBuilder().executor(pool).build())) {
                group.go(() -> {});
                GroupContract.untilAllEnded(group);
                pool.shutdown();
                assertThat(group.go(() -> "never").state()).isEqualTo(State.FAILED);
                assertThat(attempts).hasValue(2);
                catchThrowable(group::await);
            } finally {
                way.open();
            }
        }
    }
}
