package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.ThrowingRunnable;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G1: what came first in time is what the group answers for, whatever fails because of it. */
class FirstCauseContractTest extends GroupContract {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final HandClock clock = new HandClock();

    private final Recorder recorder = new Recorder();

    /** What a task does: it says that it runs, and ends after the cancellation. */
    private interface Work {
        void run(Gate running, ErrGroup group) throws Exception;
    }

    private ErrGroup openWithDeadline(Consumer<ErrGroupOptions.Builder> changes) {
        return open(o -> {
            o.name("quote").timeout(DEADLINE).clock(clock).listener(recorder);
            changes.accept(o);
        });
    }

    @Nested
    class What_fails_because_of_it {
        @ParameterizedTest
        @EnumSource(names = {"TIMEOUT", "EXPLICIT", "INTERRUPTED", "PARENT", "SHUTDOWN"})
        void G1_without_a_trace_of_the_interrupt_as_a_wait_for_a_row_lock_does_is_suppressed(CancelReason why)
                throws Exception {
            suppressed(why, (running, group) -> {
                running.open();
                try {
                    new Gate().pass();
                } catch (InterruptedException e) {
                    throw new Broken("statement was cancelled; SQL statement: ...");
                }
            });
        }

        @ParameterizedTest
        @EnumSource(names = {"TIMEOUT", "EXPLICIT", "INTERRUPTED", "PARENT", "SHUTDOWN"})
        void G1_with_the_flag_set_again_is_suppressed(CancelReason why) throws Exception {
            suppressed(why, (running, group) -> {
                running.open();
                try {
                    new Gate().pass();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("gave up");
                }
            });
        }

        @ParameterizedTest
        @EnumSource(names = {"TIMEOUT", "EXPLICIT", "INTERRUPTED", "PARENT", "SHUTDOWN"})
        void G1_in_an_HttpURLConnection_that_heeds_no_interrupt_is_suppressed(CancelReason why) throws Exception {
            try (SilentServer server = new SilentServer()) {
                suppressed(why, (running, group) -> {
                    HttpURLConnection connection =
                            (HttpURLConnection) server.uri().toURL().openConnection();
                    group.context()
                            .addCancellationHook(() -> server.answer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"));
                    server.whenConnected(running::open);
                    connection.getInputStream().close();
                });
            }
        }

        @ParameterizedTest
        @EnumSource(names = {"TIMEOUT", "EXPLICIT", "INTERRUPTED", "PARENT", "SHUTDOWN"})
        void G1_in_the_join_of_a_CompletableFuture_that_heeds_no_interrupt_is_suppressed(CancelReason why)
                throws Exception {
            suppressed(why, (running, group) -> {
                CompletableFuture<String> answer = new CompletableFuture<>();
                group.context()
                        .addCancellationHook(() -> answer.completeExceptionally(new IOException("request timed out")));
                running.open();
                answer.join();
            });
        }
    }

    private void suppressed(CancelReason why, Work work) throws Exception {
        needsTasksAtOnce(why == CancelReason.PARENT ? 2 : 1);
        Recorder told = new Recorder();
        Gate running = new Gate();
        AtomicReference<@Nullable ErrGroup> seen = new AtomicReference<>();
        AtomicReference<@Nullable Subtask<?>> task = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        ErrGroup parent = open(o -> o.name("above"));
        Caller<?> caller = Caller.runs(() -> {
            Runnable whole = () -> {
                ErrGroup group = openWithDeadline(o -> o.listener(told));
                seen.set(group);
                task.set(group.go("io", () -> work.run(running, group)));
                thrown.set(catchThrowable(group::await));
            };
            if (why == CancelReason.PARENT) {
                parent.go(whole::run);
                catchThrowable(parent::await);
            } else {
                whole.run();
            }
        });
        running.pass();
        caller.blockedIn("await");
        ErrGroup group = Objects.requireNonNull(seen.get());

        switch (why) {
            case TIMEOUT -> clock.advance(DEADLINE);
            case INTERRUPTED -> caller.interrupt();
            case PARENT -> parent.cancel();
            case SHUTDOWN -> FrameworkAccess.cancelForShutdown(group);
            default -> group.cancel();
        }
        caller.result();

        Throwable answer = Objects.requireNonNull(thrown.get());
        Subtask<?> ended = Objects.requireNonNull(task.get());
        assertThat(answer)
                .as("%s", why)
                .isInstanceOf(
                        switch (why) {
                            case INTERRUPTED -> InterruptedException.class;
                            case PARENT -> ParentCancelledException.class;
                            default -> ErrGroupException.class;
                        });
        if (answer instanceof ErrGroupException failure) {
            assertThat(failure.reason()).isEqualTo(why);
            assertThat(failure)
                    .hasCauseInstanceOf(
                            why == CancelReason.TIMEOUT ? TimeoutException.class : CancellationException.class);
        }
        if (ended.state() == State.FAILED) { // on a virtual thread an interrupt ends what heeds none elsewhere
            assertThat(answer.getSuppressed()).as("%s", why).containsExactly(ended.exception());
        } else {
            assertThat(ended.state()).isEqualTo(State.CANCELLED);
        }
        assertThat(group.context().reason()).isEqualTo(why);
        assertThat(told.count("cancel " + why)).isOne();
        assertThat(told.countOf("cancel")).isOne();
        assertThat(told.count("ended " + (why == CancelReason.TIMEOUT ? "TIMED_OUT" : "CANCELLED")))
                .as("%s", told.events())
                .isOne();
    }

    @Test
    void G1_a_deadline_that_passes_after_a_kept_failure_is_suppressed_below_it() throws Exception {
        needsTasksAtOnce(1);
        Broken broken = new Broken("kept");
        ErrGroup group = openWithDeadline(o -> o.cancelOnError(false));
        group.go("stock", () -> {
            throw broken;
        });
        untilAllEnded(group);
        stuck(group);

        clock.advance(DEADLINE);

        ErrGroupException thrown = catchThrowableOfType(ErrGroupException.class, group::await);
        assertThat(thrown).hasCause(broken);
        assertThat(thrown.reason()).isEqualTo(CancelReason.FAILURE);
        assertThat(thrown.task()).isEqualTo("stock");
        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(TimeoutException.class);
        assertThat(group.context().reason()).isEqualTo(CancelReason.TIMEOUT);
        assertThat(recorder.count("ended FAILED")).isOne();
    }

    @Test
    void G1_an_Error_alone_beats_what_came_before_it() throws Exception {
        needsTasksAtOnce(1);
        Error error = new LinkageError("after the deadline");
        ErrGroup group = openWithDeadline(o -> {});
        Gate end = new Gate();
        running(group, () -> {
            end.passIgnoringInterrupts();
            throw error;
        });
        clock.advance(DEADLINE);
        Threads.until(() -> group.context().isCancelled());
        end.open();

        assertThat(catchThrowable(group::await)).isSameAs(error);
        assertThat(group.context().reason()).isEqualTo(CancelReason.TIMEOUT);
        assertThat(recorder.count("ended FAILED")).isOne();
    }

    @Test
    void G1_an_Error_beats_a_failure_and_no_other_Error() {
        needsTasksInARow(3);
        assumeThat(workplace).isNotEqualTo(Workplace.DROPS_EVERY_THIRD);
        Error error = new LinkageError("the first Error");
        ErrGroup group = open(o -> o.cancelOnError(false));
        for (Throwable thrown : List.of(new Broken("first"), error, new LinkageError("too late"))) {
            group.go(() -> {
                if (thrown instanceof Error fatal) {
                    throw fatal;
                }
                throw (Broken) thrown;
            });
            untilAllEnded(group);
        }
        assertThat(catchThrowable(group::await)).isSameAs(error);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMEOUT", "EXPLICIT", "SHUTDOWN"})
    void J5_G1_close_throws_what_await_would_have_thrown(CancelReason why) throws Exception {
        Broken broken = new Broken("because of it");
        ErrGroup group = cancelledWhileRunning(why, () -> {
            throw broken;
        });

        ErrGroupException thrown = catchThrowableOfType(ErrGroupException.class, group::close);

        assertThat(thrown.reason()).isEqualTo(why);
        assertThat(thrown.getSuppressed()).containsExactly(broken);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMEOUT", "EXPLICIT", "SHUTDOWN"})
    void J7_a_cancelled_group_all_of_whose_tasks_succeeded_is_a_success(CancelReason why) throws Exception {
        ErrGroup group = cancelledWhileRunning(why, () -> {});

        group.await();

        assertThat(recorder.count("cancel " + why)).isOne();
        assertThat(recorder.count("ended SUCCEEDED")).isOne();
    }

    /** A group with a task that ends, after the cancellation and whatever the interrupt, as it is told to. */
    private ErrGroup cancelledWhileRunning(CancelReason why, ThrowingRunnable last) throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openWithDeadline(o -> {});
        Gate end = new Gate();
        running(group, () -> {
            end.passIgnoringInterrupts();
            last.run();
        });
        switch (why) {
            case TIMEOUT -> clock.advance(DEADLINE);
            case SHUTDOWN -> FrameworkAccess.cancelForShutdown(group);
            default -> group.cancel();
        }
        Threads.until(() -> group.context().isCancelled());
        end.open();
        return group;
    }

    @Test
    void G1_a_body_that_fails_after_the_deadline_is_suppressed_below_it() throws Exception {
        needsTasksAtOnce(1);
        Broken broken = new Broken("no price");
        Throwable thrown = catchThrowable(() ->
                ErrGroup.call(options().timeout(DEADLINE).clock(clock).build(), group -> {
                    stuck(group);
                    clock.advance(DEADLINE);
                    Threads.until(() -> group.context().isCancelled());
                    throw broken;
                }));

        assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCauseInstanceOf(TimeoutException.class);
        assertThat(thrown.getSuppressed()).containsExactly(broken);
    }

    @Test
    void G1_a_body_that_cancels_throws_what_it_likes() throws Exception {
        needsTasksAtOnce(1);
        Broken broken = new Broken("bad request");
        Throwable thrown = catchThrowable(() -> ErrGroup.call(options().build(), group -> {
            stuck(group);
            group.cancel();
            throw broken;
        }));

        assertThat(thrown).isSameAs(broken);
        assertThat(thrown.getSuppressed()).isEmpty();
    }
}
