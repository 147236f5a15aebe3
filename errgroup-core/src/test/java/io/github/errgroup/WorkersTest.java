package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J13: how many platform threads a group with a limit starts, and when they end. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WorkersTest {
    private static final long USUAL = Workers.lingerNanos;

    /** Every thread that was made, in that order. */
    private final List<Thread> made = new CopyOnWriteArrayList<>();

    private final AtomicInteger live = new AtomicInteger();

    private final AtomicInteger mostLive = new AtomicInteger();

    private ErrGroup open(Consumer<ErrGroupOptions.Builder> changes) {
        return ErrGroup.open(o -> {
            changes.accept(o);
            o.threadFactory(body -> {
                Thread thread = new Thread(() -> {
                    mostLive.accumulateAndGet(live.incrementAndGet(), Math::max);
                    try {
                        body.run();
                    } finally {
                        live.decrementAndGet();
                    }
                });
                thread.setDaemon(true);
                made.add(thread);
                return thread;
            });
        });
    }

    private static void until(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(10))
                .until(condition);
    }

    private static void awaitQuietly(ErrGroup group) {
        try {
            group.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** For some time at most, where it looks after threads that a user's factory made. */
    private static void untilWaiting(Thread thread) {
        until(() -> EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(thread.getState()));
    }

    private static void untilLingering(Thread thread) {
        until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static Thread lingeringAfterOneTask(ErrGroup group) {
        Subtask<Thread> task = group.go(Thread::currentThread);
        until(() -> task.state().isEnded());
        untilLingering(task.get());
        return task.get();
    }

    @AfterEach
    void as_usual() {
        Workers.lingerNanos = USUAL;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 10})
    void J13_a_limited_group_has_no_more_threads_than_its_limit_and_one(int limit) throws Exception {
        Workers.lingerNanos = TimeUnit.DAYS.toNanos(1); // however long this thread has to wait for a processor
        try (ErrGroup group = open(o -> o.limit(limit))) {
            for (int i = 0; i < 5_000; i++) {
                group.go(() -> {});
            }
            group.await();
        }
        assertThat(mostLive.get()).as("at once").isBetween(1, limit + 1);
        assertThat(made).as("in total").hasSizeBetween(1, limit + 1);
    }

    /** A stage of a pipeline: its owner is in {@code await} all the time, and others bring the tasks. */
    @Test
    void J13_nor_has_a_group_that_somebody_waits_for_meanwhile() throws Exception {
        try (ErrGroup group = open(o -> o.limit(2))) {
            CountDownLatch end = new CountDownLatch(1);
            group.go(() -> end.await());
            Thread owner = new Thread(() -> awaitQuietly(group));
            owner.start();
            untilWaiting(owner);
            // From when a caller had to wait for a slot: before that a worker does not know that others bring tasks.
            CountDownLatch full = new CountDownLatch(1);
            group.go(() -> full.await());
            Thread caller = new Thread(() -> group.go(() -> {}));
            caller.start();
            untilWaiting(caller);
            full.countDown();
            caller.join();
            Workers.lingerNanos = TimeUnit.DAYS.toNanos(1);
            for (int i = 0; i < 2_000; i++) {
                group.go(() -> {});
            }
            end.countDown();
            owner.join();
        }
        assertThat(mostLive.get()).as("at once").isBetween(2, 3);
        assertThat(made).as("in total").hasSizeBetween(2, 3);
    }

    @Test
    void J13_tasks_that_need_each_other_have_a_thread_each_after_the_limit_was_lowered() throws Exception {
        try (ErrGroup group = open(o -> o.limit(10))) {
            CountDownLatch begun = new CountDownLatch(10);
            for (int i = 0; i < 10; i++) {
                group.go(() -> {
                    begun.countDown();
                    begun.await();
                });
            }
            group.setLimit(1);
            group.await();
        }
        assertThat(made).hasSize(10);
    }

    /** Here a worker lingers for ever, unless something ends it. */
    @Nested
    class While_a_worker_lingers {
        @BeforeEach
        void for_a_day() {
            Workers.lingerNanos = TimeUnit.DAYS.toNanos(1);
        }

        @Test
        void J13_it_takes_the_next_task() throws Exception {
            try (ErrGroup group = open(o -> o.limit(3))) {
                Thread first = lingeringAfterOneTask(group);
                assertThat(lingeringAfterOneTask(group)).isSameAs(first);
                group.await();
            }
            assertThat(made).hasSize(1);
        }

        @Test
        void J13_no_task_waits_for_another_to_end() throws Exception {
            try (ErrGroup group = open(o -> o.limit(3))) {
                lingeringAfterOneTask(group);
                CountDownLatch begun = new CountDownLatch(3);
                for (int i = 0; i < 3; i++) {
                    group.go(() -> {
                        begun.countDown();
                        begun.await();
                    });
                }
                group.await();
            }
            assertThat(made).hasSize(3);
        }

        @Test
        void J1_J13_the_next_task_does_not_find_an_interrupt_that_came_meanwhile() throws Exception {
            try (ErrGroup group = open(o -> o.limit(1))) {
                Thread worker = lingeringAfterOneTask(group);
                worker.interrupt();
                until(() -> !worker.isInterrupted());
                untilLingering(worker);
                Subtask<Boolean> next = group.go(() -> Thread.currentThread().isInterrupted());
                group.await();
                assertThat(next.get()).isFalse();
            }
            assertThat(made).hasSize(1);
        }

        @Test
        void G3_J13_the_worker_that_frees_a_slot_goes_on_with_the_task_of_a_blocked_caller() throws Exception {
            try (ErrGroup group = open(o -> o.limit(1))) {
                CountDownLatch end = new CountDownLatch(1);
                group.go(() -> end.await());
                List<Subtask<Thread>> tasks = new ArrayList<>();
                Thread caller = new Thread(() -> tasks.add(group.go("second", Thread::currentThread)));
                caller.start();
                untilWaiting(caller);
                end.countDown();
                caller.join();
                group.await();
                assertThat(tasks.get(0).get()).isSameAs(made.get(0));
                assertThat(tasks.get(0).index()).isEqualTo(1);
            }
            assertThat(made).hasSize(1);
        }

        @Test
        void J13_it_ends_with_await() throws Exception {
            try (ErrGroup group = open(o -> o.limit(1))) {
                Thread worker = lingeringAfterOneTask(group);
                group.await();
                worker.join();
            }
        }

        /** The group may go on, but who waits for it brings nothing meanwhile. */
        @Test
        void J13_it_ends_while_somebody_awaits_the_others() throws Exception {
            try (ErrGroup group = open(o -> o.limit(2).cancelOnError(false))) {
                Thread worker = lingeringAfterOneTask(group);
                CountDownLatch end = new CountDownLatch(1);
                CountDownLatch running = new CountDownLatch(2);
                group.go(() -> {
                    running.countDown();
                    end.await();
                });
                group.go(() -> {
                    running.countDown();
                    running.await();
                });
                until(() -> made.stream().anyMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
                Thread owner = new Thread(() -> awaitQuietly(group));
                owner.start();
                until(() -> made.stream().filter(Thread::isAlive).count() == 1);
                end.countDown();
                owner.join();
                group.cancel();
                worker.join();
            }
        }

        @Test
        void J13_it_ends_with_the_cancellation() throws Exception {
            try (ErrGroup group = open(o -> o.limit(1))) {
                Thread worker = lingeringAfterOneTask(group);
                group.cancel();
                worker.join();
            }
        }

        @Test
        void J13_it_ends_with_close_of_a_group_that_nobody_awaits() throws Exception {
            Thread worker;
            try (ErrGroup group = open(o -> o.limit(1).cancelOnError(false))) {
                worker = lingeringAfterOneTask(group);
            }
            worker.join();
        }
    }

    @Test
    void J13_a_worker_ends_when_its_moment_is_over() throws Exception {
        Workers.lingerNanos = 1;
        try (ErrGroup group = open(o -> o.limit(1))) {
            Subtask<Thread> task = group.go(Thread::currentThread);
            until(() -> task.state().isEnded());
            task.get().join();
            assertThat(group.go(Thread::currentThread)).isNotNull();
            group.await();
        }
        assertThat(made).hasSize(2);
    }

    @Test
    void J13_virtual_workers_do_not_linger() throws Exception {
        Workers.lingerNanos = TimeUnit.DAYS.toNanos(1);
        if (TaskThreads.virtualThreadsSupported()) {
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1).threads(TaskThreads.virtual("v")))) {
                Subtask<Thread> task = group.go(Thread::currentThread);
                until(() -> task.state().isEnded());
                task.get().join();
            }
        }
    }
}
