package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupClock;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Outstanding;
import io.github.errgroup.Registration;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.ThrowingRunnable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** J9: an Error in user code that {@code go} calls, between the admission of a task and its start, loses no task. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ErrorInGoTest {
    private static final List<Error> ERRORS = List.of(
            new OutOfMemoryError("unable to create native thread"),
            new StackOverflowError("injected"),
            new LinkageError("injected"),
            new Error("injected"));

    private static final ThreadFactory DAEMONS = command -> {
        Thread thread = new Thread(command);
        thread.setDaemon(true);
        return thread;
    };

    private static final List<UnaryOperator<ErrGroupOptions.Builder>> KINDS = List.of(
            o -> o,
            o -> o.reuseThreads(true),
            o -> o.limit(2),
            o -> o.limit(2).reuseThreads(false),
            o -> o.sharedLimit(new SharedLimit(2)),
            o -> o.sharedLimit(new SharedLimit(1)).limit(2).reuseThreads(true));

    /** What the next call of {@link #strike} throws. */
    private final AtomicReference<@Nullable Error> next = new AtomicReference<>();

    private final LogTap log = new LogTap();

    private final ExecutorService pool = Executors.newCachedThreadPool(DAEMONS);

    private void strike() {
        Error error = next.getAndSet(null);
        if (error != null) {
            throw error;
        }
    }

    @AfterEach
    void leave() {
        pool.shutdownNow();
        log.close();
    }

    /** User code that is called on a task's way. */
    enum Seam {
        FACTORY {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.threadFactory(body -> {
                    test.strike();
                    return DAEMONS.newThread(body);
                });
            }
        },
        START {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.threadFactory(body -> new Thread(body) {
                    @Override
                    public void start() {
                        test.strike();
                        super.start();
                    }
                });
            }
        },
        STARTED {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.threadFactory(body -> new Thread(body) {
                    @Override
                    public void start() {
                        super.start();
                        test.strike();
                    }
                });
            }
        },
        CLASS_LOADER_OF_THE_THREAD {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.threadFactory(body -> new Thread(body) {
                    @Override
                    public ClassLoader getContextClassLoader() {
                        test.strike();
                        return super.getContextClassLoader();
                    }
                });
            }
        },
        HANDLER_OF_THE_THREAD {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.threadFactory(body -> new Thread(body) {
                    @Override
                    public UncaughtExceptionHandler getUncaughtExceptionHandler() {
                        test.strike();
                        return super.getUncaughtExceptionHandler();
                    }
                });
            }
        },
        EXECUTE {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.executor(command -> {
                    test.strike();
                    test.pool.execute(command);
                });
            }
        },
        EXECUTED {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.executor(command -> {
                    test.pool.execute(command);
                    test.strike();
                });
            }
        },
        BEFORE_THE_CALLER_RUNS {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.executor(command -> {
                    test.strike();
                    command.run();
                });
            }
        },
        AFTER_THE_CALLER_RAN {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.executor(command -> {
                    command.run();
                    test.strike();
                });
            }
        },
        CAPTURE {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.contextPropagator(() -> {
                    test.strike();
                    return () -> () -> {};
                });
            }
        },
        SCOPE_OPENED {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.contextPropagator(() -> () -> {
                    test.strike();
                    return () -> {};
                });
            }
        },
        SCOPE_CLOSED {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.contextPropagator(() -> () -> test::strike);
            }
        },
        LISTENER {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.listener(new GroupListener() {
                    @Override
                    public void onTaskStart(Subtask<?> task) {
                        test.strike();
                    }
                });
            }
        },
        CLOCK {
            @Override
            ErrGroupOptions.Builder in(ErrGroupOptions.Builder o, ErrorInGoTest test) {
                return o.clock(test.clock()).listener(new GroupListener() {});
            }
        };

        abstract ErrGroupOptions.Builder in(ErrGroupOptions.Builder options, ErrorInGoTest test);
    }

    private GroupClock clock() {
        return new GroupClock() {
            @Override
            public long nanoTime() {
                strike();
                return System.nanoTime();
            }

            @Override
            public Registration schedule(Duration delay, Runnable action) {
                return () -> {};
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void J9_an_Error_in_user_code_on_the_way_of_a_task_loses_none(Seam seam) throws Exception {
        for (UnaryOperator<ErrGroupOptions.Builder> kind : KINDS) {
            for (Error error : ERRORS) {
                for (boolean inside : new boolean[] {false, true}) {
                    for (boolean tried : new boolean[] {false, true}) {
                        AtomicInteger ran = new AtomicInteger();
                        ErrGroup group =
                                ErrGroup.open(o -> seam.in(kind.apply(o).cancelOnError(false), this));
                        ThrowingRunnable calls = () -> {
                            for (int i = 0; i < 5; i++) {
                                next.set(i == 2 ? error : null);
                                submit(group, tried, ran, error);
                            }
                        };
                        if (inside) {
                            Gate submitted = new Gate(); // what the calls throw is not to strike this one
                            if (seam == Seam.BEFORE_THE_CALLER_RUNS || seam == Seam.AFTER_THE_CALLER_RAN) {
                                submitted.open();
                            }
                            group.go(() -> {
                                submitted.pass();
                                calls.run();
                            });
                            submitted.open();
                        } else {
                            calls.run();
                        }
                        endsWell(group, ran, inside ? 1 : 0, error);
                    }
                }
            }
        }
    }

    private static void submit(ErrGroup group, boolean tried, AtomicInteger ran, Error error) {
        try {
            if (tried) {
                group.tryGo(ran::incrementAndGet);
            } else {
                group.go(ran::incrementAndGet);
            }
        } catch (Error e) {
            assertThat(e).as("what go throws").isSameAs(error);
        }
    }

    /** Every task ends and is counted, every slot is free, and what is submitted then runs. */
    private static void endsWell(ErrGroup group, AtomicInteger ran, int others, Error error) throws Exception {
        Caller<@Nullable Throwable> ending = Caller.calls(() -> {
            Threads.until(() -> Outstanding.of(group) == 0);
            group.go("after it", ran::incrementAndGet);
            Throwable thrown = catchThrowable(group::await);
            group.close();
            return thrown;
        });
        assertThat(ending.result()).as("what await throws of %s", group).isIn(null, error);
        GroupSnapshot end = group.snapshot();
        assertThat(end.succeeded() + end.failed() + end.cancelled() + end.skipped())
                .as("the counts of %s add up", end)
                .isEqualTo(end.submitted());
        assertThat(end.succeeded()).as("tasks of %s that ran", end).isEqualTo(ran.get() + others);
        assertThat(end.failed()).as("tasks of %s that failed", end).isLessThanOrEqualTo(1);
        assertThat(Outstanding.of(group)).isZero();
    }

    /** The clock is asked before a blocked call waits, and when it may go on. */
    @ParameterizedTest
    @ValueSource(strings = {"limit", "limit on workers", "shared limit"})
    void J9_a_clock_that_throws_when_a_blocked_go_goes_on_keeps_no_slot(String kind) throws Exception {
        ErrGroup group = ErrGroup.open(o -> blocking(o, kind).listener(new GroupListener() {
            @Override
            public void onTaskEnd(Subtask<?> task, long nanos) {
                if ("first".equals(task.name())) {
                    next.set(ERRORS.get(3));
                }
            }
        }));
        AtomicInteger ran = new AtomicInteger();
        Gate end = new Gate();
        group.go("first", () -> {
            end.pass();
            return null;
        });
        Caller<Subtask<Integer>> blocked =
                Caller.calls(() -> group.go("second", ran::incrementAndGet)).blockedIn("go");
        end.open();
        catchThrowable(blocked::result);
        endsWell(group, ran, 1, ERRORS.get(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit", "limit on workers", "shared limit"})
    void J9_a_clock_that_throws_when_go_is_about_to_block_takes_no_slot(String kind) throws Exception {
        ErrGroup group = ErrGroup.open(o -> blocking(o, kind).listener(new GroupListener() {}));
        Gate running = new Gate();
        Gate end = new Gate();
        group.go("first", () -> {
            running.open();
            end.pass();
            return null;
        });
        running.pass();
        next.set(ERRORS.get(3));
        assertThat(catchThrowable(() -> group.go("second", () -> 2))).isSameAs(ERRORS.get(3));
        end.open();
        endsWell(group, new AtomicInteger(), 1, ERRORS.get(3));
    }

    private ErrGroupOptions.Builder blocking(ErrGroupOptions.Builder o, String kind) {
        ErrGroupOptions.Builder common = o.cancelOnError(false).clock(clock());
        return switch (kind) {
            case "limit" -> common.limit(1).reuseThreads(false);
            case "limit on workers" -> common.limit(1).reuseThreads(true);
            default -> common.sharedLimit(new SharedLimit(1));
        };
    }

    /** The first worker runs, and gives up its commitment, before the call that started it goes on. */
    @Test
    void J9_J13_a_start_that_throws_while_another_call_still_starts_a_worker_loses_no_task() throws Exception {
        Gate firstMayReturn = new Gate();
        Gate firstReturned = new Gate();
        Error error = ERRORS.get(1);
        AtomicInteger starts = new AtomicInteger();
        ErrGroup group =
                ErrGroup.open(o -> o.reuseThreads(true).cancelOnError(false).threadFactory(body -> new Thread(body) {
                    @Override
                    public void start() {
                        switch (starts.incrementAndGet()) {
                            case 1 -> {
                                super.start();
                                firstMayReturn.passIgnoringInterrupts();
                            }
                            case 2 -> {
                                firstMayReturn.open();
                                firstReturned.passIgnoringInterrupts();
                                throw error;
                            }
                            default -> super.start();
                        }
                    }
                }));
        Gate running = new Gate();
        Gate end = new Gate();
        Caller<Subtask<?>> first = Caller.calls(() -> {
            Subtask<?> task = group.go(() -> {
                running.open();
                end.pass();
            });
            firstReturned.open();
            return task;
        });
        running.pass();
        AtomicInteger ran = new AtomicInteger();

        assertThat(catchThrowable(() -> group.go(ran::incrementAndGet))).isSameAs(error);

        Threads.until(() -> ran.get() == 1); // it was in the queue: a worker takes it while the first task runs
        end.open();
        group.await();
        assertThat(first.result().state()).isEqualTo(Subtask.State.SUCCEEDED);
        group.close();
    }

    @Test
    void J9_J13_a_start_that_throws_though_another_worker_has_run_the_task_loses_no_later_one() throws Exception {
        Gate end = new Gate();
        Error error = ERRORS.get(1);
        AtomicInteger starts = new AtomicInteger();
        AtomicReference<@Nullable ErrGroup> opened = new AtomicReference<>();
        ErrGroup group =
                ErrGroup.open(o -> o.reuseThreads(true).cancelOnError(false).threadFactory(body -> new Thread(body) {
                    @Override
                    public void start() {
                        if (starts.incrementAndGet() == 2) {
                            end.open(); // the first worker takes the task that this one was to be started for
                            Threads.until(() -> Outstanding.of(opened.get()) == 0);
                            throw error;
                        }
                        super.start();
                    }
                }));
        opened.set(group);
        Gate running = new Gate();
        group.go(() -> {
            running.open();
            end.pass();
        });
        running.pass();
        AtomicInteger ran = new AtomicInteger();

        assertThat(catchThrowable(() -> group.go(ran::incrementAndGet))).isSameAs(error);

        assertThat(ran).hasValue(1);
        endsWell(group, ran, 1, error);
        assertThat(ran).hasValue(2);
    }

    /** A call that gave up waits for no slot of the shared limit any more: the next one gets it. */
    @Test
    void J9_a_call_that_threw_leaves_the_shared_limit_to_others() throws Exception {
        SharedLimit shared = new SharedLimit(1);
        ErrGroup other = ErrGroup.open(o -> o.sharedLimit(shared));
        Gate end = new Gate();
        other.go(end::pass);
        ErrGroup group = ErrGroup.open(o -> o.sharedLimit(shared).clock(clock()).listener(new GroupListener() {}));
        Caller<Subtask<Integer>> blocked = Caller.calls(() -> group.go(() -> 1)).blockedIn("go");
        next.set(ERRORS.get(0));
        end.open();
        assertThat(blocked.failure()).isSameAs(ERRORS.get(0));
        assertThat(Outstanding.queuedFor(shared, group)).isZero();
        assertThat(Outstanding.of(group)).isZero();
        Subtask<Integer> next = other.go(() -> 2);
        other.await();
        other.close();
        group.close();
        assertThat(next.get()).isEqualTo(2);
        assertThat(group.snapshot().submitted()).isZero();
    }
}
