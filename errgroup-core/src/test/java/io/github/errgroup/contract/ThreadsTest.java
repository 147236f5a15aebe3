package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskSnapshot;
import io.github.errgroup.TaskThreads;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J13: which thread runs a task, and what it finds there. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ThreadsTest {
    private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

    /** Options whose threads come from the factory, with a count of the threads made. */
    private static final class Counted {
        private final AtomicInteger made = new AtomicInteger();

        private final TaskThreads threads = TaskThreads.from(command -> {
            made.incrementAndGet();
            Thread thread = new Thread(command, "counted");
            thread.setDaemon(true);
            return thread;
        });

        ErrGroup open(Consumer<ErrGroupOptions.Builder> changes) {
            return ErrGroup.open(o -> changes.accept(o.threads(threads)));
        }
    }

    private static Thread inAClassLoaderOfItsOwn(Runnable command) {
        Thread thread = new Thread(command);
        thread.setContextClassLoader(new ClassLoader(null) {});
        return thread;
    }

    /** Runs a task that queues these many more, so that they follow each other in a group with a limit of 1. */
    private static List<Thread> threadsOfQueuedTasks(ErrGroup group, int tasks) throws InterruptedException {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        group.go(() -> {
            threads.add(Thread.currentThread());
            for (int i = 1; i < tasks; i++) {
                group.go(() -> threads.add(Thread.currentThread()));
            }
        });
        group.await();
        return threads;
    }

    @Nested
    class Without_a_limit {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void J13_every_task_has_a_fresh_thread_started_by_the_thread_that_calls_go(boolean virtual) throws Exception {
            assumeThat(!virtual || TaskThreads.virtualThreadsSupported()).isTrue();
            TaskThreads threads = virtual ? TaskThreads.virtual("t-") : TaskThreads.platform("t-");
            try (ErrGroup group = ErrGroup.open(o -> o.threads(threads))) {
                Set<Thread> seen = ConcurrentHashMap.newKeySet();
                List<Subtask<String>> inherited = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    INHERITED.set("from " + i);
                    inherited.add(group.go(() -> {
                        seen.add(Thread.currentThread());
                        return INHERITED.get();
                    }));
                }
                INHERITED.remove();
                group.await();
                assertThat(seen).hasSize(20);
                for (int i = 0; i < 20; i++) {
                    assertThat(inherited.get(i).get()).isEqualTo("from " + i);
                }
            }
        }

        @Test
        void J13_threads_are_daemons_named_after_prefix_and_group() throws Exception {
            try (ErrGroup group = ErrGroup.open(o -> o.name("quote").threads(TaskThreads.platform("shop-")))) {
                Subtask<Thread> task = group.go(Thread::currentThread);
                group.await();
                assertThat(task.get().isDaemon()).isTrue();
                assertThat(task.get().getName()).startsWith("shop-").contains("quote");
            }
        }

        @Test
        void J13_groups_of_one_name_number_their_threads_on() throws Exception {
            TaskThreads threads = TaskThreads.platform("shop-");
            assertThat(nameOfThread(threads, "quote")).isEqualTo("shop-quote-0");
            assertThat(nameOfThread(threads, "stock")).isEqualTo("shop-stock-0");
            assertThat(nameOfThread(threads, "quote")).isEqualTo("shop-quote-1");
        }

        @Test
        void J13_J14_of_very_many_names_the_last_are_not_remembered() throws Exception {
            TaskThreads threads = TaskThreads.platform("shop-");
            for (int i = 0; i < 1_000; i++) {
                String name = "sku-" + i;
                ErrGroup.open(o -> o.name(name).threads(threads)).close();
            }
            assertThat(nameOfThread(threads, "last")).isEqualTo("shop-last-0");
            assertThat(nameOfThread(threads, "last")).isEqualTo("shop-last-0");
        }

        private String nameOfThread(TaskThreads threads, String name) throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(o -> o.name(name).threads(threads))) {
                Subtask<String> task = group.go(() -> Thread.currentThread().getName());
                group.await();
                return task.get();
            }
        }

        @Test
        void J13_N15_what_a_factory_adds_to_the_body_and_throws_goes_to_the_threads_own_handler() throws Exception {
            IllegalStateException broken = new IllegalStateException("factory");
            CompletableFuture<Throwable> told = new CompletableFuture<>();
            try (ErrGroup group = ErrGroup.open(o -> o.threadFactory(command -> {
                Thread thread = new Thread(() -> {
                    command.run();
                    throw broken;
                });
                thread.setUncaughtExceptionHandler((dead, thrown) -> told.complete(thrown));
                return thread;
            }))) {
                group.go(() -> {});
                group.await();
                assertThat(told.get(10, TimeUnit.SECONDS)).isSameAs(broken);
            }
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void J13_the_default_is_a_virtual_thread_where_the_JVM_has_them(boolean named) throws Exception {
            try (ErrGroup group = ErrGroup.open(o -> (named ? o.threads(TaskThreads.automatic()) : o).name("quote"))) {
                Subtask<Thread> task = group.go(Thread::currentThread);
                group.await();
                Thread thread = task.get();
                assertThat(thread.isDaemon()).isTrue();
                assertThat(thread.getName()).contains("quote").startsWith("errgroup-");
                boolean virtual = thread.getClass().getName().contains("Virtual");
                assertThat(virtual).isEqualTo(TaskThreads.virtualThreadsSupported());
            }
        }

        @Test
        void J13_reuseThreads_true_lets_a_worker_take_the_next_task_there_too() throws Exception {
            AtomicInteger made = new AtomicInteger();
            Gate late = new Gate();
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            try (ErrGroup group = ErrGroup.open(o -> o.reuseThreads(true).threadFactory(command -> {
                boolean first = made.getAndIncrement() == 0;
                return new Thread(() -> {
                    if (!first) {
                        late.passIgnoringInterrupts();
                    }
                    command.run();
                });
            }))) {
                Gate last = new Gate();
                group.go(() -> {
                    for (int i = 0; i < 50; i++) {
                        boolean isLast = i == 49;
                        group.go(() -> {
                            threads.add(Thread.currentThread());
                            if (isLast) {
                                last.open();
                            }
                        });
                    }
                });
                last.pass(); // every other thread is late: the first worker took them all
                late.open();
                group.await();
            }
            assertThat(threads).hasSize(1);
        }
    }

    @Nested
    class Where_the_owner_waits_in_a_virtual_thread {
        @BeforeEach
        void there_are_virtual_threads() {
            assumeThat(TaskThreads.virtualThreadsSupported()).isTrue();
        }

        @Test
        void J13_no_task_waits_for_another_to_end() throws Exception {
            for (int i = 0; i < 200; i++) { // in some the owner waits by the time the first worker begins
                int tasks = 2 + i % 4;
                assertThat(met(tasks)).hasSize(tasks);
            }
        }

        /** Tasks that end only when all have begun, in a group whose owner is a virtual thread. */
        private Set<Thread> met(int tasks) throws Exception {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            CountDownLatch begun = new CountDownLatch(tasks);
            ErrGroup.call(
                    o -> {},
                    owner -> owner.go(() -> {
                        try (ErrGroup group = ErrGroup.open(o -> o.reuseThreads(true))) {
                            for (int i = 0; i < tasks; i++) {
                                group.go(() -> {
                                    threads.add(Thread.currentThread());
                                    begun.countDown();
                                    begun.await();
                                });
                            }
                            group.await();
                        }
                    }));
            return threads;
        }
    }

    @Nested
    class With_a_limit {
        /** Three tasks of which no thread has taken any; then two that stand behind the one that was taken. */
        @Test
        void J13_tasks_that_wait_for_a_thread_are_in_the_snapshot() throws Exception {
            AtomicInteger made = new AtomicInteger();
            Gate late = new Gate();
            try (ErrGroup group = ErrGroup.open(o -> o.limit(4).threadFactory(command -> {
                boolean first = made.getAndIncrement() == 0;
                return new Thread(() -> {
                    if (!first) {
                        late.passIgnoringInterrupts();
                    }
                    command.run();
                });
            }))) {
                Gate endFirst = new Gate();
                Gate secondRuns = new Gate();
                Gate endSecond = new Gate();
                GroupContract.running(group, endFirst::pass);
                group.go(() -> {
                    secondRuns.open();
                    endSecond.pass();
                });
                group.go(() -> {});
                group.go(() -> {});
                assertThat(group.snapshot().tasks())
                        .extracting(TaskSnapshot::index)
                        .containsExactly(0L, 1L, 2L, 3L);
                endFirst.open();
                secondRuns.pass();
                Threads.until(() -> group.snapshot().succeeded() == 1);
                assertThat(group.snapshot().tasks())
                        .extracting(TaskSnapshot::index)
                        .containsExactly(1L, 2L, 3L);
                late.open();
                endSecond.open();
                group.await();
            }
        }

        @Test
        void J13_a_worker_that_ends_a_task_takes_the_next_one() throws Exception {
            Counted counted = new Counted();
            try (ErrGroup group = counted.open(o -> o.limit(1))) {
                assertThat(threadsOfQueuedTasks(group, 20)).hasSize(20);
            }
            assertThat(counted.made).hasValue(1);
        }

        @Test
        void J13_a_limit_of_0_that_is_raised_later_is_one_too() throws Exception {
            Counted counted = new Counted();
            try (ErrGroup group = counted.open(o -> o.limit(0))) {
                group.setLimit(1);
                assertThat(threadsOfQueuedTasks(group, 20)).hasSize(20);
            }
            assertThat(counted.made).hasValue(1);
        }

        /** The first worker is in a task that ignores the cancellation, and the second one's thread has not begun. */
        @Test
        void J2_J13_a_task_that_waits_for_a_worker_is_skipped_at_once_by_the_cancellation() throws Exception {
            AtomicInteger made = new AtomicInteger();
            Gate late = new Gate();
            try (ErrGroup group = ErrGroup.open(o -> o.limit(2).threadFactory(command -> {
                boolean first = made.getAndIncrement() == 0;
                return new Thread(() -> {
                    if (!first) {
                        late.passIgnoringInterrupts();
                    }
                    command.run();
                });
            }))) {
                Gate end = new Gate();
                GroupContract.running(group, end::passIgnoringInterrupts);
                Subtask<?> waiting = group.go(() -> {});

                group.cancel();

                assertThat(waiting.state()).isEqualTo(Subtask.State.SKIPPED);
                end.open();
                late.open();
            }
        }

        @Test
        void J13_reuseThreads_false_gives_each_task_a_fresh_thread() throws Exception {
            Counted counted = new Counted();
            try (ErrGroup group = counted.open(o -> o.limit(1).reuseThreads(false))) {
                assertThat(threadsOfQueuedTasks(group, 20))
                        .doesNotHaveDuplicates()
                        .hasSize(20);
            }
            assertThat(counted.made).hasValue(20);
        }

        /**
         * Interleaving: a slot is freed while the queue still holds a task whose thread has not begun. The worker that
         * freed the slot takes that task over, and must then wake the caller that waits for the slot.
         */
        @Test
        void G3_J13_a_slot_freed_while_a_task_waits_for_its_thread_wakes_a_blocked_caller() throws Exception {
            AtomicInteger made = new AtomicInteger();
            Gate late = new Gate();
            try (ErrGroup group = ErrGroup.open(o -> o.limit(2).threadFactory(command -> {
                boolean first = made.getAndIncrement() == 0;
                return new Thread(() -> {
                    if (!first) {
                        late.passIgnoringInterrupts();
                    }
                    command.run();
                });
            }))) {
                Gate endOne = new Gate();
                Gate endTwo = new Gate();
                GroupContract.running(group, endOne::pass);
                Subtask<?> two = group.go(() -> endTwo.pass());
                Caller<Subtask<String>> caller =
                        Caller.calls(() -> group.go(() -> "three")).blockedIn("go");

                endOne.open(); // its worker goes on with the second task, which holds it

                Subtask<String> three = caller.result();
                assertThat(two.state().isEnded()).isFalse();
                late.open();
                endTwo.open();
                group.await();
                assertThat(three.get()).isEqualTo("three");
            }
        }

        /** The same, but it is the limit that goes. */
        @Test
        void N5_J13_a_limit_lifted_while_a_task_waits_for_its_thread_wakes_a_blocked_caller() throws Exception {
            AtomicInteger made = new AtomicInteger();
            Gate late = new Gate();
            try (ErrGroup group = ErrGroup.open(o -> o.limit(2).threadFactory(command -> {
                boolean first = made.getAndIncrement() == 0;
                return new Thread(() -> {
                    if (!first) {
                        late.passIgnoringInterrupts();
                    }
                    command.run();
                });
            }))) {
                Gate endOne = new Gate();
                Gate endTwo = new Gate();
                GroupContract.running(group, endOne::pass);
                group.go(() -> endTwo.pass());
                Caller<Subtask<String>> caller =
                        Caller.calls(() -> group.go(() -> "three")).blockedIn("go");

                group.setLimit(-1); // the second task is still queued
                late.open();

                Subtask<String> three = caller.result();
                endOne.open();
                endTwo.open();
                group.await();
                assertThat(three.get()).isEqualTo("three");
            }
        }

        @Test
        void J13_J14_an_open_group_keeps_no_reference_to_a_worker_that_ended() throws Exception {
            try (ErrGroup group = ErrGroup.open(
                    o -> o.limit(2).cancelOnError(false).threadFactory(ThreadsTest::inAClassLoaderOfItsOwn))) {
                LeakContractTest.untilCollected(List.of(classLoaderOfOneWorker(group)));
                group.await();
            }
        }

        private static WeakReference<?> classLoaderOfOneWorker(ErrGroup group) throws InterruptedException {
            Subtask<Thread> task = group.go(Thread::currentThread);
            group.await();
            return new WeakReference<>(task.get().getContextClassLoader());
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void N15_the_handler_that_a_factory_set_stays(boolean reuse) throws Exception {
            Thread.UncaughtExceptionHandler handler = (thread, thrown) -> {};
            try (ErrGroup group = ErrGroup.open(o -> o.reuseThreads(reuse).threadFactory(body -> {
                Thread thread = new Thread(body);
                thread.setUncaughtExceptionHandler(handler);
                return thread;
            }))) {
                List<Subtask<Thread.UncaughtExceptionHandler>> tasks = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    tasks.add(group.go(() -> Thread.currentThread().getUncaughtExceptionHandler()));
                }
                group.await();
                assertThat(tasks).allMatch(task -> task.get() == handler);
            }
        }

        @Test
        void J13_workers_end_with_the_group() throws Exception {
            Counted counted = new Counted();
            List<Thread> threads;
            try (ErrGroup group = counted.open(o -> o.limit(1))) {
                threads = threadsOfQueuedTasks(group, 5);
            }
            Threads.until(() -> threads.stream().noneMatch(Thread::isAlive));
        }

        @Test
        void J13_N15_name_class_loader_handler_and_flag_are_reset_between_tasks() throws Exception {
            Counted counted = new Counted();
            ClassLoader foreign = new ClassLoader(null) {};
            Thread.UncaughtExceptionHandler replaced = (thread, thrown) -> {};
            List<Thread> threads = new CopyOnWriteArrayList<>();
            try (ErrGroup group = counted.open(o -> o.limit(1))) {
                List<Subtask<?>> clean = new ArrayList<>();
                group.go(() -> {
                    for (int i = 0; i < 10; i++) {
                        clean.add(group.go(() -> {
                            threads.add(Thread.currentThread());
                            assertThat(Thread.currentThread().getName()).isEqualTo("counted");
                            assertThat(Thread.currentThread().getContextClassLoader())
                                    .isNotSameAs(foreign);
                            assertThat(Thread.currentThread().isInterrupted()).isFalse();
                            assertThat(catchThrowable(group::await))
                                    .as("it knows its task")
                                    .isInstanceOf(IllegalStateException.class);
                            assertThat(Thread.currentThread().getUncaughtExceptionHandler())
                                    .isNotSameAs(replaced);
                            Thread.currentThread().setUncaughtExceptionHandler(replaced);
                            Thread.currentThread().setName("spoilt");
                            Thread.currentThread().setContextClassLoader(foreign);
                            Thread.currentThread().interrupt();
                        }));
                    }
                });
                group.await();
            }
            assertThat(Set.copyOf(threads)).as("threads, some of them reused").hasSizeLessThan(threads.size());
        }
    }

    @Nested
    class On_a_handed_in_executor {
        @Test
        void J13_there_is_exactly_one_execute_per_task() throws Exception {
            AtomicInteger executes = new AtomicInteger();
            ExecutorService pool = Executors.newFixedThreadPool(2);
            try {
                for (int limit : new int[] {-1, 1, 2}) {
                    executes.set(0);
                    try (ErrGroup group = ErrGroup.open(o -> o.limit(limit).executor(command -> {
                        executes.incrementAndGet();
                        pool.execute(command);
                    }))) {
                        for (int i = 0; i < 20; i++) {
                            group.go(() -> group.go(() -> {}));
                        }
                        group.await();
                    }
                    assertThat(executes).as("limit %d", limit).hasValue(40);
                }
            } finally {
                pool.shutdownNow();
            }
        }

        @Test
        void J13_a_decorator_of_the_executor_is_in_place_around_each_task() throws Exception {
            ThreadLocal<String> decorated = new ThreadLocal<>();
            ExecutorService pool = Executors.newFixedThreadPool(1);
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1)
                    .executor(command -> pool.execute(() -> {
                        decorated.set("decorated");
                        try {
                            command.run();
                        } finally {
                            decorated.remove();
                        }
                    })))) {
                List<Subtask<String>> tasks = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    tasks.add(group.go(decorated::get));
                }
                group.await();
                assertThat(tasks).allSatisfy(task -> assertThat(task.get()).isEqualTo("decorated"));
            } finally {
                pool.shutdownNow();
            }
        }

        @Test
        void J13_it_is_never_shut_down() throws Exception {
            ExecutorService pool = Executors.newFixedThreadPool(1);
            try {
                try (ErrGroup group = ErrGroup.open(o -> o.executor(pool))) {
                    group.go(() -> {});
                    group.await();
                }
                assertThat(pool.isShutdown()).isFalse();
            } finally {
                pool.shutdownNow();
            }
        }
    }
}
