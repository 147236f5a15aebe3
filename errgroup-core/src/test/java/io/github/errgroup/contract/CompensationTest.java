package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.TaskThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** N1: a pool of one, its thread held by somebody else. What a waiting group lacks is run by a compensating thread. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CompensationTest {
    private static final Duration SOON = Duration.ofMillis(10);

    private static final Duration NEVER = Duration.ofHours(1);

    private final ExecutorService pool = Executors.newFixedThreadPool(1);

    private final AtomicReference<@Nullable Thread> poolThread = new AtomicReference<>();

    private final Gate release = new Gate();

    private final Recorder recorder = new Recorder();

    private LogTap log;

    @BeforeEach
    void openTheLog() {
        log = new LogTap();
    }

    @AfterEach
    void endThePool() {
        log.close();
        release.open();
        pool.shutdownNow();
    }

    /** Holds the pool's only thread until {@code release} opens. */
    private void holdThePool() throws InterruptedException {
        Gate held = new Gate();
        pool.execute(() -> {
            poolThread.set(Thread.currentThread());
            held.open();
            release.passIgnoringInterrupts();
        });
        held.pass();
    }

    private ErrGroup open(Consumer<ErrGroupOptions.Builder> changes) {
        return ErrGroup.open(o -> {
            o.executor(pool).starvationTimeout(SOON).listener(recorder);
            changes.accept(o);
        });
    }

    @Test
    void N1_a_task_never_runs_on_the_thread_that_waits_in_await() throws Exception {
        holdThePool();
        try (ErrGroup group = open(o -> {})) {
            Subtask<Thread> task = group.go("starved", Thread::currentThread);
            group.await();
            assertThat(task.get())
                    .isNotSameAs(Thread.currentThread())
                    .isNotSameAs(poolThread.get())
                    .matches(Thread::isDaemon, "a daemon");
            assertThat(recorder.events()).containsSubsequence("compensated starved", "start starved");
        }
    }

    @Test
    void N1_a_caller_blocked_in_go_is_a_waiter_too() throws Exception {
        holdThePool();
        try (ErrGroup group = open(o -> o.limit(1))) {
            Subtask<Thread> one = group.go(Thread::currentThread);
            Subtask<Thread> two = group.go(Thread::currentThread); // blocks until the first has run
            assertThat(one.get()).isNotSameAs(Thread.currentThread());
            group.await();
            assertThat(two.get()).isNotSameAs(Thread.currentThread());
        }
    }

    @Test
    void N1_nobody_waits_nobody_is_compensated() throws Exception {
        holdThePool();
        try (ErrGroup group = open(o -> o.starvationTimeout(Duration.ofMillis(1)))) {
            Gate ran = new Gate();
            group.go(ran::open);
            assertThat(ran.opensWithinMillis(20)).isFalse();
            group.await();
            assertThat(ran.isOpen()).isTrue();
        }
    }

    @Test
    void N1_a_compensated_task_runs_once_even_when_the_pool_gets_to_it_later() throws Exception {
        holdThePool();
        AtomicInteger runs = new AtomicInteger();
        try (ErrGroup group = open(o -> {})) {
            group.go(runs::incrementAndGet);
            group.await();
            release.open();
            pool.submit(() -> {}).get(); // behind the task in the pool's queue
            assertThat(runs).hasValue(1);
            assertThat(group.snapshot().succeeded()).isOne();
        }
    }

    @Test
    void N1_under_the_groups_limit_and_with_the_tasks_own_context() throws Exception {
        holdThePool();
        ThreadLocal<String> user = new ThreadLocal<>();
        ContextPropagator propagator = () -> {
            String captured = user.get();
            return () -> {
                user.set(captured);
                return user::remove;
            };
        };
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ErrGroup group = open(o -> o.limit(2).contextPropagator(propagator))) {
            List<Subtask<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                user.set("user-" + i);
                tasks.add(group.go(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.yield();
                    running.decrementAndGet();
                    return user.get();
                }));
            }
            user.remove();
            group.await();
            for (int i = 0; i < 6; i++) {
                assertThat(tasks.get(i).get()).isEqualTo("user-" + i);
            }
            assertThat(most.get()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void N1_there_is_at_most_one_compensating_thread_that_does_not_wait_itself() throws Exception {
        Gate first = new Gate();
        Gate second = new Gate();
        Gate end = new Gate();
        try (ErrGroup group = open(o -> o.starvationTimeout(NEVER))) {
            group.go(() -> {
                try (ErrGroup below = open(o -> o.starvationTimeout(NEVER))) { // is helped at once, and once
                    below.go(() -> {
                        first.open();
                        end.pass();
                    });
                    below.go(second::open);
                    below.await();
                }
            });
            Caller<?> waiting = Caller.runs(group::await);
            first.pass();
            assertThat(second.opensWithinMillis(50))
                    .as("a second compensating thread")
                    .isFalse();
            end.open();
            waiting.result();
            assertThat(recorder.countOf("compensated")).isEqualTo(2);
        }
    }

    /** A pool of one, and stages that need each other: each waits for the one before it. */
    @Test
    void N1_every_stage_of_a_pipeline_on_a_pool_of_one_is_started() throws Exception {
        int stages = 5;
        try (ErrGroup group = open(o -> {})) {
            List<BlockingQueue<Integer>> pipes = new ArrayList<>();
            for (int stage = 0; stage <= stages; stage++) {
                pipes.add(new ArrayBlockingQueue<>(stage == stages ? 100 : 2));
            }
            group.go(() -> {
                for (int item = 0; item < 50; item++) {
                    pipes.get(0).put(item);
                }
            });
            for (int stage = 0; stage < stages; stage++) {
                BlockingQueue<Integer> in = pipes.get(stage);
                BlockingQueue<Integer> out = pipes.get(stage + 1);
                group.go(() -> {
                    for (int item = 0; item < 50; item++) {
                        out.put(in.take());
                    }
                });
            }
            group.await();
            assertThat(pipes.get(stages)).hasSize(50);
            assertThat(recorder.countOf("compensated")).isEqualTo(stages);
        }
        assertThat(log.count("is starved or drops tasks")).isOne();
    }

    @Test
    void N1_tasks_that_need_each_other_are_started_below_a_task_that_waits_for_them() throws Exception {
        try (ErrGroup group = open(o -> {})) {
            for (int pair = 0; pair < 3; pair++) {
                group.go(() -> {
                    try (ErrGroup below = open(o -> {})) {
                        Gate both = new Gate(2);
                        for (int i = 0; i < 2; i++) {
                            below.go(() -> {
                                both.open();
                                both.pass();
                            });
                        }
                        below.await();
                    }
                });
            }
            group.await();
            assertThat(group.snapshot().succeeded()).isEqualTo(3);
        }
    }

    @Test
    void N1_tasks_that_need_each_other_are_started_for_a_caller_blocked_in_go_too() throws Exception {
        holdThePool();
        try (ErrGroup group = open(o -> o.limit(3))) {
            Gate all = new Gate(3);
            for (int i = 0; i < 3; i++) {
                group.go(() -> {
                    all.open();
                    all.pass();
                });
            }
            group.go(() -> {}); // blocks until one of the three has ended
            group.await();
        }
    }

    @Test
    void N1_close_of_tasks_that_need_each_other_returns() throws Exception {
        Gate started = new Gate();
        Gate never = new Gate();
        ErrGroup group = open(o -> {});
        Subtask<?> first = group.go(() -> {
            started.open();
            never.pass();
        });
        Subtask<?> second = group.go(never::open); // has no thread while the first one waits for it
        started.pass();
        assertThat(Caller.runs(group::close).failure()).hasMessageContaining("1 task cancelled, 1 skipped");
        assertThat(first.state()).isEqualTo(State.CANCELLED);
        assertThat(second.state()).isEqualTo(State.SKIPPED);
    }

    @Test
    void N1_never_more_compensating_threads_than_the_limit_of_their_group() throws Exception {
        holdThePool();
        Gate two = new Gate(2);
        Gate third = new Gate(3);
        Gate end = new Gate();
        try (ErrGroup group = open(o -> o.limit(2))) {
            Caller<?> waiting = Caller.runs(() -> {
                for (int i = 0; i < 6; i++) {
                    group.go(() -> {
                        two.open();
                        third.open();
                        end.pass();
                    });
                }
                group.await();
            });
            two.pass();
            assertThat(third.opensWithinMillis(50))
                    .as("five starvation timeouts")
                    .isFalse();
            end.open();
            waiting.result();
            assertThat(recorder.countOf("compensated")).isEqualTo(6);
        }
    }

    /** The first task needs all others. The second thread goes on with them, since the first one does not move. */
    @Test
    void N1_one_thread_more_runs_all_that_a_blocked_one_waits_for_and_both_end() throws Exception {
        holdThePool();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (ErrGroup group = open(o -> o.starvationTimeout(Duration.ofMillis(100)))) {
            Gate others = new Gate(200);
            group.go(() -> {
                threads.add(Thread.currentThread());
                others.pass();
            });
            for (int i = 0; i < 200; i++) {
                group.go(() -> {
                    threads.add(Thread.currentThread());
                    others.open();
                });
            }
            group.await();
        }
        assertThat(threads).hasSizeBetween(2, 20); // and not one for each task; 2, where the machine never stands still
        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as("a superfluous thread").isFalse();
        }
        try (ErrGroup later = open(o -> {})) {
            Subtask<String> task = later.go(() -> "helped as before");
            later.await();
            assertThat(task.get()).isEqualTo("helped as before");
        }
    }

    @Test
    void N1_a_compensating_thread_that_waits_itself_makes_room_for_another_at_once() throws Exception {
        holdThePool();
        try (ErrGroup group = open(o -> {})) {
            Subtask<Integer> task = group.go(() -> below(4));
            group.await();
            assertThat(task.get()).isEqualTo(4);
        }
    }

    /** The waiter is a task of ours on this executor: no time must pass. */
    private int below(int levels) throws InterruptedException {
        if (levels == 0) {
            return 0;
        }
        try (ErrGroup group = open(o -> o.starvationTimeout(NEVER))) {
            Subtask<Integer> task = group.go(() -> below(levels - 1));
            group.await();
            return task.get() + 1;
        }
    }

    @Test
    void N1_a_waiter_that_is_itself_a_task_of_that_executor_is_helped_at_once() throws Exception {
        try (ErrGroup group = open(o -> o.starvationTimeout(NEVER))) {
            Subtask<Integer> task = group.go(() -> below(1));
            group.await();
            assertThat(task.get()).isOne();
            assertThat(recorder.countOf("compensated")).isOne();
        }
    }

    @Test
    void N1_no_task_runs_on_a_thread_that_waits_however_deep() throws Exception {
        Set<Thread> waiting = ConcurrentHashMap.newKeySet();
        try (ErrGroup group = open(o -> {})) {
            group.go(() -> nest(5, waiting));
            group.await();
        }
        assertThat(recorder.countOf("compensated")).isEqualTo(5);
    }

    private void nest(int levels, Set<Thread> waiting) throws InterruptedException {
        assertThat(waiting.add(Thread.currentThread()))
                .as("runs on a thread that waits")
                .isTrue();
        if (levels > 0) {
            try (ErrGroup group = open(o -> o.starvationTimeout(NEVER))) {
                group.go(() -> nest(levels - 1, waiting));
                group.await();
            }
        }
        waiting.remove(Thread.currentThread());
    }

    @Test
    void N1_the_threads_of_compensation_are_interrupted_by_a_cancellation() throws Exception {
        holdThePool();
        Gate running = new Gate();
        ErrGroup group = open(o -> {});
        Subtask<?> task = group.go(() -> {
            running.open();
            new Gate().pass();
        });
        Caller<?> waiting = Caller.runs(group::await);
        running.pass();
        group.cancel();
        assertThat(waiting.failure()).isNotNull();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        group.close();
    }

    @Test
    void N1_a_starved_executor_is_logged_once() throws Exception {
        holdThePool();
        for (int i = 0; i < 3; i++) {
            try (ErrGroup group = open(o -> {})) {
                group.go(() -> {});
                group.await();
            }
        }
        assertThat(recorder.countOf("compensated")).isEqualTo(3);
        assertThat(log.count("ThreadPoolExecutor")).isOne();
    }

    @Test
    void N1_an_executor_that_works_is_not_compensated() throws Exception {
        try (ErrGroup group = open(o -> o.starvationTimeout(Duration.ofSeconds(20)))) {
            for (int i = 0; i < 100; i++) {
                group.go(() -> {});
            }
            group.await();
            assertThat(recorder.countOf("compensated")).isZero();
        }
    }

    @Test
    void N1_threads_of_our_own_are_never_compensated() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.threads(TaskThreads.platform("own-"))
                .limit(1)
                .starvationTimeout(Duration.ofMillis(1))
                .listener(recorder))) {
            Gate end = new Gate();
            GroupContract.running(group, () -> {
                group.go(() -> {});
                end.pass();
            });
            Caller<?> waiting = Caller.runs(group::await).blockedIn("await");
            assertThat(end.opensWithinMillis(20)).isFalse(); // twenty starvation timeouts
            end.open();
            waiting.result();
            assertThat(recorder.countOf("compensated")).isZero();
        }
    }

    @Test
    void N1_in_an_executor_that_runs_in_the_caller_nothing_is_left_to_compensate() throws Exception {
        Executor direct = Runnable::run;
        try (ErrGroup group =
                ErrGroup.open(o -> o.executor(direct).starvationTimeout(SOON).listener(recorder))) {
            Subtask<Thread> task = group.go(Thread::currentThread);
            catchThrowable(group::await);
            assertThat(task.get()).isSameAs(Thread.currentThread());
            assertThat(recorder.countOf("compensated")).isZero();
        }
    }

    @Test
    void N1_a_waiter_that_is_woken_for_nothing_compensates_nobody_before_its_time() throws Exception {
        holdThePool();
        try (ErrGroup group = open(o -> o.starvationTimeout(NEVER))) {
            Gate ran = new Gate();
            group.go(ran::open);
            Caller<?> waiting = Caller.runs(group::await).blockedIn("await");
            for (int i = 0; i < 3; i++) {
                LockSupport.unpark(waiting.thread());
                waiting.blockedIn("await");
            }
            assertThat(ran.opensWithinMillis(20)).isFalse();
            release.open();
            waiting.result();
            assertThat(recorder.countOf("compensated")).isZero();
        }
    }

    @Test
    void N1_one_starvation_timeout_without_progress_is_enough() throws Exception {
        holdThePool();
        try (ErrGroup group = open(o -> o.starvationTimeout(Duration.ofMillis(400)))) {
            Gate ran = new Gate();
            group.go(ran::open);
            Caller<?> waiting = Caller.runs(group::await);
            assertThat(ran.opensWithinMillis(3_000)).isTrue(); // a lost task is given ten timeouts
            waiting.result();
        }
    }

    /** An executor that loses one task and is busy with others: it makes progress all the time, and the group none. */
    @Test
    void N2_a_task_lost_by_an_executor_that_works_on_is_compensated_too() throws Exception {
        AtomicInteger commands = new AtomicInteger();
        Executor losing = command -> {
            if (commands.getAndIncrement() > 0) {
                command.run();
            }
        };
        try (ErrGroup group = open(o -> o.executor(losing).starvationTimeout(SOON));
                ErrGroup busy = ErrGroup.open(o -> o.executor(losing).starvationTimeout(NEVER))) {
            Subtask<Thread> lost = group.go(Thread::currentThread);
            Caller<?> waiting = Caller.runs(group::await);
            while (!waiting.isDone()) {
                busy.go(() -> {});
                LockSupport.unpark(waiting.thread()); // it looks right after some progress
            }
            waiting.result();
            assertThat(lost.get().getName()).startsWith("errgroup-compensating");
        }
    }

    /** As before, and the two lost tasks need each other. */
    @Test
    void N2_tasks_that_need_each_other_are_not_lost_by_an_executor_that_works_on() throws Exception {
        AtomicInteger commands = new AtomicInteger();
        Executor losing = command -> {
            if (commands.getAndIncrement() > 1) {
                command.run();
            }
        };
        try (ErrGroup group = open(o -> o.executor(losing).starvationTimeout(SOON));
                ErrGroup busy = ErrGroup.open(o -> o.executor(losing).starvationTimeout(NEVER))) {
            Gate both = new Gate(2);
            for (int i = 0; i < 2; i++) {
                group.go(() -> {
                    both.open();
                    both.pass();
                });
            }
            Caller<?> waiting = Caller.runs(group::await);
            while (!waiting.isDone()) {
                busy.go(() -> {});
                LockSupport.unpark(waiting.thread());
            }
            waiting.result();
        }
    }

    @Test
    void N1_a_caller_that_stops_waiting_for_a_group_leaves_the_help_to_the_others() throws Exception {
        try (ErrGroup group = open(o -> o.limit(2))) {
            Gate lastRan = new Gate();
            GroupContract.running(group, lastRan::pass); // has the pool's thread
            Gate end = new Gate();
            group.go(() -> end.pass());
            Caller<?> blocked = Caller.calls(() -> group.go(lastRan::open)).blockedIn("go");
            Caller<?> waiting = Caller.runs(group::await).blockedIn("await");
            end.open();
            blocked.result(); // waits no more, and its task has no thread yet
            waiting.result();
            assertThat(recorder.countOf("compensated")).isEqualTo(2);
        }
    }

    @Test
    void N1_a_group_that_nobody_waits_for_any_more_is_not_helped_along_with_others() throws Exception {
        holdThePool();
        try (ErrGroup once = open(o -> o.cancelOnError(false));
                ErrGroup other = open(o -> {})) {
            once.go(() -> {});
            once.await();
            Gate ran = new Gate();
            once.go(ran::open);
            other.go(() -> {});
            other.await();
            assertThat(ran.opensWithinMillis(20)).isFalse();
            assertThat(recorder.countOf("compensated")).isEqualTo(2);
            once.await();
        }
    }

    @Test
    void N1_all_the_tasks_that_a_task_of_that_executor_waits_for_are_run_at_once() throws Exception {
        try (ErrGroup group = open(o -> o.starvationTimeout(NEVER))) {
            Subtask<Long> task = group.go(() -> {
                try (ErrGroup below = open(o -> o.starvationTimeout(NEVER))) {
                    for (int i = 0; i < 3; i++) {
                        below.go(() -> {});
                    }
                    below.await();
                    return below.snapshot().succeeded();
                }
            });
            group.await();
            assertThat(task.get()).isEqualTo(3);
        }
    }

    /** The waiter's group has a task that runs, and gets one more that the pool has no thread for. */
    @Test
    void N1_a_task_that_comes_while_a_task_of_that_executor_waits_is_helped_at_once() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try (ErrGroup group = ErrGroup.open(o -> o.executor(two).starvationTimeout(NEVER));
                ErrGroup below = ErrGroup.open(o -> o.executor(two).starvationTimeout(NEVER))) {
            below.go(() -> {});
            GroupContract.untilAllEnded(below);
            group.go(() -> {}); // somebody else's wait has come and gone
            Caller.runs(() -> {
                        try (ErrGroup third = ErrGroup.open(o -> o.executor(two).starvationTimeout(NEVER))) {
                            Gate go = new Gate();
                            third.go(() -> go.pass());
                            Caller<?> waiting = Caller.runs(third::await).blockedIn("await");
                            go.open();
                            waiting.result();
                        }
                    })
                    .result();

            Gate late = new Gate();
            GroupContract.running(below, late::pass);
            AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
            group.go(() -> {
                waiter.set(Thread.currentThread());
                below.await();
            });
            Threads.until(() -> waiter.get() != null && Threads.isParked(waiter.get()));
            below.go(late::open);
            group.await();
            assertThat(below.snapshot().succeeded()).isEqualTo(3);
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void N1_of_two_compensating_threads_after_a_wait_the_first_to_end_its_task_goes() throws Exception {
        Gate back = new Gate();
        Gate endFirst = new Gate();
        Gate second = new Gate();
        Gate endSecond = new Gate();
        Gate third = new Gate();
        try (ErrGroup top = open(o -> o.starvationTimeout(NEVER))) {
            top.go(
                    () -> { // has the pool's thread, and waits in it
                        try (ErrGroup group = open(o -> o.starvationTimeout(NEVER))) {
                            group.go(() -> {
                                try (ErrGroup below = open(o -> o.starvationTimeout(NEVER))) {
                                    below.go(
                                            () -> { // in another thread, which takes over for the time of the wait
                                                group.go(() -> {
                                                    second.open();
                                                    endSecond.pass();
                                                });
                                                group.go(third::open);
                                            });
                                    below.await();
                                }
                                back.open();
                                endFirst.pass();
                            });
                            group.await();
                        }
                    });
            Caller<?> waiting = Caller.runs(top::await);
            back.pass();
            endFirst.open();
            second.pass();
            assertThat(third.opensWithinMillis(50)).as("a second thread").isFalse();
            endSecond.open();
            waiting.result();
        }
        try (ErrGroup later = open(o -> {})) {
            Subtask<String> task = later.go(() -> "helped as before");
            later.await();
            assertThat(task.get()).isEqualTo("helped as before");
        }
    }
}
