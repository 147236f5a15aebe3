package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** N15: hooks, listeners and compensated tasks do not notice whose thread they are on. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
// What is set before each test is its thread's.
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SAME_THREAD)
class UserCodeOnOtherThreadsTest {
    private static final ThreadLocal<@Nullable String> USER = new ThreadLocal<>();

    private static final ContextPropagator PROPAGATOR = () -> {
        String captured = USER.get();
        return () -> {
            String before = USER.get();
            USER.set(captured);
            return () -> USER.set(before);
        };
    };

    private final ClassLoader mine = new ClassLoader(UserCodeOnOtherThreadsTest.class.getClassLoader()) {};

    /** What user code saw: a class loader and a context. */
    private record Seen(
            @Nullable ClassLoader loader, @Nullable String user) {
        static Seen here() {
            return new Seen(Thread.currentThread().getContextClassLoader(), USER.get());
        }
    }

    private final Queue<Seen> byHook = new ConcurrentLinkedQueue<>();

    private final Queue<Seen> byListener = new ConcurrentLinkedQueue<>();

    private final HandClock clock = new HandClock();

    private @Nullable ClassLoader before;

    @BeforeEach
    void comeWithAClassLoaderAndAContext() {
        before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(mine);
        USER.set("registrant");
    }

    @AfterEach
    void leaveThem() {
        Thread.currentThread().setContextClassLoader(before);
        USER.remove();
    }

    private ErrGroup open() {
        return ErrGroup.open(o -> o.clock(clock)
                .timeout(Duration.ofSeconds(1))
                .contextPropagator(PROPAGATOR)
                .listener(new GroupListener() {
                    @Override
                    public void onCancel(CancelReason reason, Throwable cause) {
                        byListener.add(Seen.here());
                    }
                }));
    }

    /** Does it in a thread that has neither class loader nor context. */
    private static void elsewhere(Runnable action) throws InterruptedException {
        Thread thread = new Thread(null, action, "elsewhere", 0, false);
        thread.setContextClassLoader(null);
        thread.start();
        thread.join();
    }

    /** What cancels a group, after its hook was registered. */
    enum Trigger {
        DEADLINE {
            @Override
            void pull(ErrGroup group, HandClock clock) {
                clock.advance(Duration.ofSeconds(2));
            }
        },
        CANCEL {
            @Override
            void pull(ErrGroup group, HandClock clock) throws InterruptedException {
                elsewhere(group::cancel);
            }
        },
        SHUTDOWN {
            @Override
            void pull(ErrGroup group, HandClock clock) throws InterruptedException {
                elsewhere(() -> FrameworkAccess.cancelForShutdown(group));
            }
        },
        SIBLING {
            @Override
            void pull(ErrGroup group, HandClock clock) throws InterruptedException {
                elsewhere(() -> group.go(() -> {
                    throw new IllegalStateException("sibling");
                }));
            }
        };

        abstract void pull(ErrGroup group, HandClock clock) throws InterruptedException;
    }

    @ParameterizedTest
    @EnumSource
    void N15_a_hook_sees_the_openers_class_loader_and_its_registrants_context_whatever_cancels(Trigger trigger)
            throws Exception {
        try (ErrGroup group = open()) {
            group.context().addCancellationHook(() -> byHook.add(Seen.here()));
            USER.set("somebody else");
            Thread.currentThread().setContextClassLoader(null);

            trigger.pull(group, clock);

            Threads.until(() -> !byHook.isEmpty());
            assertThat(byHook).containsExactly(new Seen(mine, "registrant"));
            assertThat(byListener)
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.loader()).isSameAs(mine));
            assertThat(Seen.here()).isEqualTo(new Seen(null, "somebody else"));
            catchThrowable(group::await);
        }
    }

    @Test
    void N15_also_when_its_groups_parent_is_cancelled() throws Exception {
        Gate registered = new Gate();
        try (ErrGroup parent = ErrGroup.open(o -> o.contextPropagator(PROPAGATOR))) {
            parent.go(() -> {
                Thread.currentThread().setContextClassLoader(mine);
                USER.set("task");
                try (ErrGroup child = open()) {
                    child.context().addCancellationHook(() -> byHook.add(Seen.here()));
                    registered.open();
                    new Gate().pass();
                }
            });
            registered.pass();
            elsewhere(parent::cancel);
            assertThat(byHook).containsExactly(new Seen(mine, "task"));
            assertThat(byListener)
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.loader()).isSameAs(mine));
        }
    }

    @Test
    void N15_also_when_the_group_is_cancelled_already() throws Exception {
        try (ErrGroup group = open()) {
            group.cancel();
            Thread.currentThread().setContextClassLoader(null);
            group.context().addCancellationHook(() -> byHook.add(Seen.here()));
            assertThat(byHook).containsExactly(new Seen(mine, "registrant"));
            assertThat(Thread.currentThread().getContextClassLoader()).isNull();
        }
    }

    @Test
    void N15_a_context_that_cannot_be_set_or_taken_back_keeps_no_hook_from_running() throws Exception {
        List<String> ran = new ArrayList<>();
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.contextPropagator(() -> {
                    String captured = USER.get();
                    return () -> {
                        if ("unset".equals(captured)) {
                            throw new IllegalStateException("no scope");
                        }
                        return () -> {
                            throw new IllegalStateException("not restored");
                        };
                    };
                }))) {
            USER.set("unset");
            group.context().addCancellationHook(() -> ran.add("one"));
            USER.set("unrestored");
            group.context().addCancellationHook(() -> ran.add("two"));
            group.cancel();
            assertThat(ran).containsExactlyInAnyOrder("one", "two");
            assertThat(log.has("hook could not be set", "no scope")).isTrue();
            assertThat(log.has("after a cancellation hook failed", "not restored"))
                    .isTrue();
        }
    }

    @Test
    void N15_a_thread_that_refuses_the_class_loader_runs_hook_and_listener_all_the_same() throws Exception {
        try (LogTap log = new LogTap();
                ErrGroup group = open()) {
            group.context().addCancellationHook(() -> byHook.add(Seen.here()));
            Thread stubborn = new Thread(group::cancel) {
                @Override
                public void setContextClassLoader(ClassLoader loader) {
                    throw new SecurityException("not mine");
                }

                @Override
                public ClassLoader getContextClassLoader() {
                    throw new SecurityException("not yours");
                }
            };
            stubborn.start();
            stubborn.join();
            assertThat(log.has("does not take the class loader", "not yours")).isTrue();
            // They ran: they too asked for the class loader.
            assertThat(log.has("a cancellation hook failed", "not yours")).isTrue();
            assertThat(log.has("the group goes on", "not yours")).isTrue();
        }
    }

    @Test
    void N15_J13_a_compensated_task_sees_the_openers_class_loader_and_a_thread_as_new() throws Exception {
        List<Seen> seen = new ArrayList<>();
        List<String> names = new ArrayList<>();
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.limit(1)
                        .contextPropagator(PROPAGATOR)
                        .threads(TaskThreads.on(command -> {}))
                        .starvationTimeout(Duration.ofMillis(2)))) {
            List<Subtask<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(group.go(() -> {
                    seen.add(Seen.here());
                    names.add(Thread.currentThread().getName());
                    Thread.currentThread().setName("spoilt");
                    Thread.currentThread().setContextClassLoader(null);
                }));
            }
            group.await();
            assertThat(log.has("is starved or drops tasks")).isTrue();
        }
        assertThat(seen).hasSize(3).containsOnly(new Seen(mine, "registrant"));
        assertThat(names).noneMatch("spoilt"::equals);
    }
}
