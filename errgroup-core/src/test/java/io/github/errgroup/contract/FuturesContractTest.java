package io.github.errgroup.contract;

import static io.github.errgroup.Futures.future;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** N12: a future is started, waited for and cancelled by a task, and its failure is the task's. */
class FuturesContractTest extends GroupContract {
    /** A future that nobody completes, and that tells when it is waited for. */
    private static class Watched<T> extends CompletableFuture<T> {
        private final Gate waitedFor = new Gate();

        @Override
        public T get() throws InterruptedException, java.util.concurrent.ExecutionException {
            waitedFor.open();
            return super.get();
        }
    }

    @Nested
    class The_value {
        @Test
        void N12_is_the_value_of_the_task_in_go_and_tryGo_and_map() throws Exception {
            needsTasksInARow(3);
            ErrGroup group = open();

            Subtask<String> stage = group.go(
                    future(() -> CompletableFuture.completedStage("stage").toCompletableFuture()));
            Subtask<Number> named = group.go("named", future(() -> CompletableFuture.completedFuture(42)));
            group.await();

            assertThat(stage.get()).isEqualTo("stage");
            assertThat(named.get()).isEqualTo(42);
            assertThat(named.name()).isEqualTo("named");

            ErrGroup other = group.fresh();
            track(other);
            Optional<Subtask<String>> tried = other.tryGo(future(() -> CompletableFuture.completedFuture("tried")));
            other.await();
            assertThat(tried).hasValueSatisfying(task -> assertThat(task.get()).isEqualTo("tried"));

            ErrGroup third = track(group.fresh());
            List<Subtask<Integer>> mapped =
                    third.map(List.of("1", "22"), future(item -> CompletableFuture.completedFuture(item.length())));
            third.await();
            assertThat(mapped).extracting(Subtask::get).containsExactly(1, 2);
        }

        @Test
        void N12_may_come_later_and_from_any_kind_of_future() throws Exception {
            ErrGroup group = open();
            FutureTask<String> plain = new FutureTask<>(() -> "plain");
            Thread worker = new Thread(plain);
            worker.start();

            Subtask<String> task = group.go(future(() -> plain));
            group.await();

            assertThat(task.get()).isEqualTo("plain");
        }

        @Test
        void N12_is_had_outside_of_a_task_too() throws Exception {
            assertThat(future(() -> CompletableFuture.completedFuture("value")).call())
                    .isEqualTo("value");
        }
    }

    @Nested
    class The_failure {
        @Test
        void N12_comes_out_unwrapped() {
            needsTasksInARow(3);
            IOException failure = new IOException("refused");
            List<CompletableFuture<String>> failed = List.of(
                    CompletableFuture.failedFuture(failure),
                    CompletableFuture.<String>failedFuture(failure).thenApply(text -> text),
                    CompletableFuture.failedFuture(new CompletionException(new CompletionException(failure))));
            for (CompletableFuture<String> bad : failed) {
                ErrGroup group = open();
                Subtask<String> task = group.go(future(() -> bad));

                assertThat(catchThrowable(group::await))
                        .isInstanceOf(ErrGroupException.class)
                        .cause()
                        .isSameAs(failure);
                assertThat(task.exception()).isSameAs(failure);
            }
        }

        @Test
        void N12_is_an_Error_as_itself() {
            ErrGroup group = open();
            AssertionError error = new AssertionError("broken");

            group.go(future(() -> CompletableFuture.failedFuture(error)));

            assertThat(catchThrowable(group::await)).isSameAs(error);
        }

        @Test
        void N12_is_what_the_start_throws() {
            ErrGroup group = open();
            Broken broken = new Broken("no connection");

            Subtask<String> task = group.go(future(() -> {
                throw broken;
            }));

            assertThat(catchThrowable(group::await)).hasCause(broken);
            assertThat(task.exception()).isSameAs(broken);
        }

        @Test
        void N12_names_a_start_that_gives_no_future() {
            ErrGroup group = open();

            Subtask<String> task = group.go(future(() -> (Future<String>) null));

            assertThat(catchThrowable(group::await)).isInstanceOf(ErrGroupException.class);
            assertThat(task.exception())
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("what was to start a future returned null");
        }

        @Test
        void N12_is_a_CancellationException_where_somebody_else_cancelled_the_future() {
            ErrGroup group = open();
            CompletableFuture<String> cancelled = new CompletableFuture<>();
            cancelled.cancel(true);

            Subtask<String> task = group.go(future(() -> cancelled));

            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(CancellationException.class);
            assertThat(task.state()).isEqualTo(State.FAILED);
        }
    }

    @Nested
    class Cancelled_with_its_group {
        @Test
        void N12_is_the_future_that_a_task_waits_for() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open();
            Watched<String> never = new Watched<>();
            Subtask<String> task = group.go(future(() -> never));
            never.waitedFor.pass();

            group.cancel();
            catchThrowable(group::await);

            assertThat(never).isCancelled();
            assertThat(task.state()).isEqualTo(State.CANCELLED);
        }

        @Test
        void N12_is_a_future_though_nobody_is_interrupted() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.interruptOnCancel(false));
            Watched<String> never = new Watched<>();
            Subtask<String> task = group.go(future(() -> never));
            never.waitedFor.pass();

            group.cancel();
            catchThrowable(group::await);

            assertThat(never).isCancelled();
            assertThat(task.state()).isEqualTo(State.CANCELLED);
        }

        @Test
        void N12_is_a_future_that_is_started_when_the_group_is_cancelled_already() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.interruptOnCancel(false));
            Gate starting = new Gate();
            Gate cancelled = new Gate();
            CompletableFuture<String> never = new CompletableFuture<>();
            Subtask<String> task = group.go(future(() -> {
                starting.open();
                cancelled.pass();
                return never;
            }));
            starting.pass();

            group.cancel();
            cancelled.open();
            catchThrowable(group::await);

            assertThat(never).isCancelled();
            assertThat(task.state()).isEqualTo(State.CANCELLED);
        }

        @Test
        void N12_is_the_work_of_a_pool() throws Exception {
            needsTasksAtOnce(1);
            ExecutorService pool = Executors.newSingleThreadExecutor();
            try {
                ErrGroup group = open();
                Gate working = new Gate();
                Gate interrupted = new Gate();
                group.go(future(() -> pool.submit(() -> {
                    working.open();
                    try {
                        new Gate().pass();
                    } catch (InterruptedException e) {
                        interrupted.open();
                    }
                })));
                working.pass();

                group.cancel();
                catchThrowable(group::await);

                interrupted.pass();
            } finally {
                pool.shutdownNow();
            }
        }

        /** It may be a call to another machine. */
        @Test
        void N12_is_a_future_once_and_what_its_cancel_throws_hides_nothing() throws Exception {
            needsTasksAtOnce(1);
            try (LogTap log = new LogTap()) {
                AtomicInteger cancels = new AtomicInteger();
                Watched<String> never = new Watched<>() {
                    @Override
                    public boolean cancel(boolean mayInterruptIfRunning) {
                        cancels.incrementAndGet();
                        throw new IllegalStateException("gone");
                    }
                };
                ErrGroup group = open();
                Subtask<String> task = group.go(future(() -> never));
                never.waitedFor.pass();

                group.cancel();
                catchThrowable(group::await);

                assertThat(task.state()).isEqualTo(State.CANCELLED);
                assertThat(cancels).hasValue(1);
                assertThat(log.count("a future could not be cancelled")).isEqualTo(1);
            }
        }

        @Test
        void N12_is_no_future_that_is_done() throws Exception {
            ErrGroup group = open(o -> o.cancelOnError(false));
            AtomicBoolean cancelled = new AtomicBoolean();
            CompletableFuture<String> done = new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                    cancelled.set(super.cancel(mayInterruptIfRunning));
                    return cancelled.get();
                }
            };
            done.complete("done");
            Subtask<String> task = group.go(future(() -> done));
            group.await();

            group.cancel();

            assertThat(task.get()).isEqualTo("done");
            assertThat(cancelled).isFalse();
        }
    }

    @Test
    void N12_an_interrupt_that_is_not_the_groups_cancels_the_future_and_fails_the_task() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        Watched<String> never = new Watched<>();
        AtomicReference<Thread> thread = new AtomicReference<>();
        Subtask<String> task = group.go(future(() -> {
            thread.set(Thread.currentThread());
            return never;
        }));
        never.waitedFor.pass();

        thread.get().interrupt();
        catchThrowable(group::await);

        assertThat(task.state()).isEqualTo(State.FAILED);
        assertThat(task.exception()).isInstanceOf(InterruptedException.class);
        assertThat(never).isCancelled();
    }

    @Test
    void N12_a_stage_that_is_no_future_has_one() throws Exception {
        ErrGroup group = open();
        CompletionStage<String> stage = new CompletableFuture<String>().minimalCompletionStage();
        CompletionStage<String> done = CompletableFuture.completedStage("stage");
        Subtask<String> task =
                group.go(future(() -> done.applyToEither(stage, text -> text).toCompletableFuture()));
        group.await();
        assertThat(task.get()).isEqualTo("stage");
    }
}
