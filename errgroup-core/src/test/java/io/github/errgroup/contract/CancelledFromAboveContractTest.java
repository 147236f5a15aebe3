package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupListener;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a group below throws: of its own it looks like a failure, from above it does not (N7). */
class CancelledFromAboveContractTest extends GroupContract {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** Waits for a group below, in a task. */
    private interface Below {
        void await(ErrGroups groups, Gate running) throws Exception;
    }

    @Nested
    class A_fallback {
        @Test
        void N7_around_await_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> {
                try (ErrGroup child = groups.open("child")) {
                    child.go(() -> block(running));
                    child.await();
                }
            });
        }

        @Test
        void N7_around_await_of_a_type_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> {
                try (ErrGroup child = groups.open("child")) {
                    child.go(() -> block(running));
                    child.await(IOException.class);
                }
            });
        }

        @Test
        void N7_around_close_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> {
                try (ErrGroup child = groups.open("child")) {
                    child.go(() -> {
                        try {
                            block(running);
                        } catch (InterruptedException e) {
                            throw new Broken("because of it");
                        }
                    });
                    Threads.until(() -> child.context().isCancelled());
                }
            });
        }

        @Test
        void N7_around_throwIfCancelled_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> {
                try (ErrGroup child = groups.open("child")) {
                    running.open();
                    while (true) {
                        child.context().throwIfCancelled();
                        Thread.onSpinWait();
                    }
                }
            });
        }

        @Test
        void N7_around_call_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> groups.call("child", child -> child.go(() -> block(running))));
        }

        @Test
        void N7_around_a_call_whose_body_fails_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> groups.call("child", child -> {
                child.go(() -> block(running));
                Threads.until(() -> child.context().isCancelled());
                throw new Broken("because of it");
            }));
        }

        @Test
        void N7_around_map_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> groups.map("child", List.of(1), item -> {
                block(running);
                return item;
            }));
        }

        @Test
        void N7_around_forEach_is_not_taken_when_the_group_above_is_cancelled() throws Exception {
            notTaken((groups, running) -> groups.forEach("child", List.of(1), item -> block(running)));
        }

        private void notTaken(Below below) throws Exception {
            needsTasksAtOnce(2);
            HandClock clock = new HandClock();
            ErrGroup parent = open(o -> o.name("parent").timeout(DEADLINE).clock(clock));
            ErrGroups groups = ErrGroups.of(options().build());
            Gate running = new Gate();
            AtomicBoolean fellBack = new AtomicBoolean();
            Subtask<?> task = parent.go(() -> {
                try {
                    below.await(groups, running);
                } catch (ErrGroupException e) {
                    fellBack.set(true);
                }
            });
            running.pass();

            clock.advance(DEADLINE);

            assertThat(catchThrowable(parent::await))
                    .isInstanceOf(ErrGroupException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            assertThat(fellBack).isFalse();
            assertThat(task.state()).isEqualTo(State.CANCELLED);
        }

        @Test
        void N7_is_taken_when_the_group_below_passes_its_own_deadline() throws Exception {
            needsTasksAtOnce(2);
            HandClock clock = new HandClock();
            ErrGroup parent = open();
            Gate running = new Gate();
            Subtask<CancelReason> task = parent.go(() -> {
                try (ErrGroup child = open(o -> o.timeout(DEADLINE).clock(clock))) {
                    child.go(() -> block(running));
                    return catchThrowableOfType(ErrGroupException.class, child::await)
                            .reason();
                }
            });
            running.pass();
            clock.advance(DEADLINE);
            parent.await();

            assertThat(task.get()).isEqualTo(CancelReason.TIMEOUT);
        }
    }

    private static void block(Gate running) throws InterruptedException {
        running.open();
        new Gate().pass();
    }

    @Test
    void N7_what_it_throws_tells_what_cancelled_the_group_above() throws Exception {
        needsTasksAtOnce(4);
        ErrGroup top = open(o -> o.name("top"));
        Broken why = new Broken("user left");
        Gate running = new Gate();
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        top.go(() -> {
            ErrGroup middle = open(o -> o.name("middle"));
            middle.go(() -> {
                ErrGroup child = open(o -> o.name("child"));
                child.go(() -> block(running));
                seen.set(catchThrowable(child::await));
            });
            middle.await();
        });
        running.pass();

        top.cancel(why);
        catchThrowable(top::await);

        assertThat(seen.get())
                .isInstanceOf(ParentCancelledException.class)
                .isInstanceOf(CancellationException.class)
                .hasMessageStartingWith("group 'child' was cancelled with group 'top' (EXPLICIT): ")
                .hasMessageEndingWith("; 1 task cancelled, 0 skipped")
                .hasCause(why);
        assertThat(((ParentCancelledException) seen.get()).reason()).isEqualTo(CancelReason.EXPLICIT);
    }

    @Nested
    class The_failure_of_a_group_below {
        @Test
        void J7_is_seen_through_its_exception_by_an_await_of_its_type() throws Exception {
            needsTasksAtOnce(2);
            FileNotFoundException missing = new FileNotFoundException("quote.json");
            ErrGroup outer = failing("outer", failing("inner", missing));

            assertThat(catchThrowable(() -> outer.await(IOException.class))).isSameAs(missing);
            assertThat(catchThrowable(() -> outer.await(IllegalStateException.class)))
                    .isInstanceOf(ErrGroupException.class)
                    .hasCauseInstanceOf(ErrGroupException.class)
                    .hasRootCause(missing);
        }

        @Test
        void J7_names_each_group_once() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup outer = failing("outer", failing("inner", new IOException("no route")));

            assertThat(catchThrowable(outer::await))
                    .hasMessage("group 'outer': task 'task-0' (#0) failed: group 'inner': task 'task-0' (#0) failed: "
                            + "java.io.IOException: no route");
        }

        @Test
        void J7_thrown_out_of_a_call_as_itself_is_what_the_call_throws() {
            IOException missing = new IOException("no route");
            Throwable thrown =
                    catchThrowable(() -> ErrGroup.call(options().name("outer").build(), outer -> {
                        outer.go(() -> ErrGroup.call(
                                options().name("inner").build(),
                                inner -> inner.go(() -> {
                                    throw missing;
                                })));
                        outer.await(IOException.class);
                        return null;
                    }));
            if (workplace != Workplace.REJECTS_EVERY_THIRD) {
                assertThat(thrown).isSameAs(missing);
            }
        }

        private ErrGroup failing(String name, Object with) {
            ErrGroup group = open(o -> o.name(name));
            group.go(() -> {
                if (with instanceof ErrGroup below) {
                    below.await();
                }
                throw (IOException) with;
            });
            return group;
        }
    }

    @Test
    void J7_the_message_of_a_cancelled_group_names_it_once() throws Exception {
        needsTasksAtOnce(1);
        for (Throwable why : List.of(new Broken("user left"), new IllegalStateException("group 'other' is full"))) {
            ErrGroup group = open(o -> o.name("quote"));
            stuck(group);
            group.cancel(why);
            assertThat(catchThrowable(group::await))
                    .hasMessage("group 'quote' was cancelled (EXPLICIT): " + why + "; 1 task cancelled, 0 skipped");
        }
    }

    /** Two threads shut down all groups at once: one has begun with the group above when the other comes to the one below. */
    @Test
    void N7_a_shutdown_that_meets_another_one_leaves_the_group_below_to_the_group_above() throws Exception {
        needsTasksAtOnce(2);
        AtomicReference<@Nullable ErrGroup> below = new AtomicReference<>();
        ErrGroup above = open(options -> options.listener(new GroupListener() {
            @Override
            public void onCancel(CancelReason reason, Throwable cause) {
                FrameworkAccess.cancelForShutdown(Objects.requireNonNull(below.get()));
            }
        }));
        Gate running = new Gate();
        Subtask<?> opener = above.go(() -> {
            try (ErrGroup child = ErrGroup.open(options().build())) {
                below.set(child);
                child.go(() -> block(running));
                child.await();
            } catch (ErrGroupException e) {
                // the fallback
            }
        });
        running.pass();

        FrameworkAccess.cancelForShutdown(above);

        assertThat(Objects.requireNonNull(below.get()).context().reason()).isEqualTo(CancelReason.PARENT);
        catchThrowable(above::await);
        assertThat(opener.state()).isEqualTo(State.CANCELLED);
    }
}
