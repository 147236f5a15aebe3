package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@link ErrGroup#call}: opens, runs the body, awaits, closes, and gives the body's value. */
class ErrGroupCallTest {
    private static final IOException TASK_FAILED = new IOException("the task failed");
    private static final IOException BODY_FAILED = new IOException("the body failed");

    /** The group that the body saw, for a look at it after the call. */
    private final AtomicReference<@Nullable ErrGroup> seen = new AtomicReference<>();

    @Nested
    class ABodyThatReturns {
        @Test
        void gives_its_value() throws InterruptedException {
            int sum = ErrGroup.call(o -> {}, group -> {
                Subtask<Integer> one = group.go(() -> 1);
                Subtask<Integer> two = group.go(() -> 2);
                group.await();
                return one.get() + two.get();
            });

            assertThat(sum).isEqualTo(3);
        }

        @Test
        void may_give_null() throws InterruptedException {
            assertThat(ErrGroup.<@Nullable Object, RuntimeException>call(o -> {}, group -> null))
                    .isNull();
        }

        @Test
        void runs_in_the_calling_thread_with_a_group_of_these_settings() throws InterruptedException {
            Thread caller = Thread.currentThread();

            Thread body = ErrGroup.call(o -> o.name("mine").limit(3), group -> {
                assertThat(group.name()).isEqualTo("mine");
                assertThat(group.limit()).isEqualTo(3);
                return Thread.currentThread();
            });

            assertThat(body).isSameAs(caller);
        }

        @Test
        void need_not_await_its_tasks() throws InterruptedException {
            CountDownLatch bodyReturned = new CountDownLatch(1);
            AtomicInteger ended = new AtomicInteger();

            String value = ErrGroup.call(o -> {}, group -> {
                seen.set(group);
                for (int i = 0; i < 10; i++) {
                    group.go(() -> {
                        bodyReturned.await();
                        ended.incrementAndGet();
                    });
                }
                bodyReturned.countDown();
                return "value";
            });

            assertThat(value).isEqualTo("value");
            assertThat(ended).hasValue(10);
        }

        @Test
        void leaves_a_closed_group_behind() throws InterruptedException {
            ErrGroup.call(o -> o.name("gone"), group -> {
                seen.set(group);
                return "value";
            });

            assertThat(seenGroup().snapshot().phase()).isEqualTo(GroupSnapshot.Phase.CLOSED);
            assertThatIllegalStateException()
                    .isThrownBy(() -> seenGroup().go(() -> "too late"))
                    .withMessageContainingAll("gone", "fresh()");
        }

        @Test
        void loses_its_value_to_a_failed_task() {
            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> o.name("quote"), group -> {
                        group.go("stock", () -> failWith(TASK_FAILED));
                        return "value";
                    }))
                    .withMessageContainingAll("quote", "stock")
                    .withCause(TASK_FAILED);
        }

        @Test
        void loses_its_value_to_a_failed_task_of_a_group_that_does_not_cancel() {
            AtomicBoolean otherRan = new AtomicBoolean();

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> o.cancelOnError(false).limit(1), group -> {
                        group.go(() -> failWith(TASK_FAILED));
                        group.go(() -> otherRan.set(true));
                        return "value";
                    }))
                    .withCause(TASK_FAILED);
            assertThat(otherRan).isTrue();
        }

        @Test
        void loses_its_value_to_a_cancellation_that_kept_a_task_from_succeeding() {
            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        group.go(ErrGroupCallTest::untilInterrupted);
                        group.cancel();
                        return "value";
                    }))
                    .withCauseInstanceOf(CancellationException.class);
        }

        @Test
        void may_close_the_group_itself() throws InterruptedException {
            String value = ErrGroup.call(o -> {}, group -> {
                Subtask<String> task = group.go(() -> "value");
                group.await();
                group.close();
                return task.get();
            });

            assertThat(value).isEqualTo("value");
        }
    }

    @Nested
    class ABodyThatThrows {
        @Test
        void throws_its_exception_as_itself() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        throw BODY_FAILED;
                    }))
                    .isSameAs(BODY_FAILED);
        }

        @Test
        void throws_its_error_as_itself() {
            AssertionError error = new AssertionError("the body's");

            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        seen.set(group);
                        throw error;
                    }))
                    .isSameAs(error);
            assertThat(seenGroup().snapshot().phase()).isEqualTo(GroupSnapshot.Phase.CLOSED);
        }

        @Test
        void cancels_the_tasks_and_waits_for_their_end() {
            CountDownLatch running = new CountDownLatch(2);
            List<Subtask<?>> tasks = new ArrayList<>();

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> o.limit(2), group -> {
                        seen.set(group);
                        for (int i = 0; i < 2; i++) {
                            tasks.add(group.go(() -> {
                                running.countDown();
                                untilInterrupted();
                            }));
                        }
                        running.await();
                        throw BODY_FAILED;
                    }))
                    .isSameAs(BODY_FAILED);

            assertThat(tasks).extracting(Subtask::state).containsOnly(Subtask.State.CANCELLED);
            assertThat(seenGroup().context().isCancelled()).isTrue();
            assertThat(seenGroup().snapshot().phase()).isEqualTo(GroupSnapshot.Phase.CLOSED);
        }

        @Test
        void is_no_failed_task() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        seen.set(group);
                        group.go(() -> "value");
                        group.await();
                        throw BODY_FAILED;
                    }))
                    .isSameAs(BODY_FAILED);

            GroupSnapshot snapshot = seenGroup().snapshot();
            assertThat(snapshot.submitted()).isEqualTo(1);
            assertThat(snapshot.succeeded()).isEqualTo(1);
            assertThat(snapshot.failed()).isZero();
        }

        @Test
        void before_its_tasks_have_ended_is_no_failed_task_either() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        seen.set(group);
                        group.go(ErrGroupCallTest::untilInterrupted);
                        throw BODY_FAILED;
                    }))
                    .isSameAs(BODY_FAILED);

            GroupSnapshot snapshot = seenGroup().snapshot();
            assertThat(snapshot.submitted()).isEqualTo(1);
            assertThat(snapshot.failed()).isZero();
            assertThat(snapshot.cancelled() + snapshot.skipped()).isEqualTo(1);
        }

        @Test
        void is_not_masked_by_a_task_that_fails_because_it_was_cancelled() {
            CountDownLatch running = new CountDownLatch(1);
            AtomicReference<Subtask<?>> task = new AtomicReference<>();

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        task.set(group.go(() -> {
                            running.countDown();
                            try {
                                untilInterrupted();
                            } catch (InterruptedException cancelled) {
                                throw new IllegalStateException("cannot stop like this");
                            }
                        }));
                        running.await();
                        throw BODY_FAILED;
                    }))
                    .isSameAs(BODY_FAILED);

            assertThat(task.get().state()).isEqualTo(Subtask.State.FAILED);
            assertThat(BODY_FAILED).hasNoSuppressedExceptions();
        }

        @Test
        void is_suppressed_where_a_task_had_failed_before() {
            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> o.name("quote"), group -> {
                        failATaskOf(group, TASK_FAILED);
                        throw BODY_FAILED;
                    }))
                    .withMessageContaining("quote")
                    .withCause(TASK_FAILED)
                    .satisfies(thrown -> assertThat(thrown.getSuppressed()).containsExactly(BODY_FAILED));
            assertThat(Thread.interrupted()).isFalse();
        }

        @Test
        void with_an_interrupt_where_a_task_had_failed_before_gives_way_to_the_failure_and_keeps_the_flag() {
            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        failATaskOf(group, TASK_FAILED);
                        throw new InterruptedException("the body's");
                    }))
                    .withCause(TASK_FAILED);
            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        void throws_what_await_threw_in_it_and_cancels_no_group_that_does_not_cancel() {
            Map<String, ThrowingConsumer<ErrGroup>> awaits =
                    Map.of("await", ErrGroup::await, "await of a type", group -> group.await(IOException.class));
            for (ThrowingConsumer<ErrGroup> await : awaits.values()) {
                List<CancelReason> cancelled = new ArrayList<>();
                GroupListener listener = new GroupListener() {
                    @Override
                    public void onCancel(CancelReason reason, Throwable cause) {
                        cancelled.add(reason);
                    }
                };
                assertThatExceptionOfType(Exception.class)
                        .isThrownBy(() ->
                                ErrGroup.call(o -> o.cancelOnError(false).listener(listener), group -> {
                                    group.go(() -> failWith(TASK_FAILED));
                                    await.accept(group);
                                    return "value";
                                }))
                        .withStackTraceContaining(TASK_FAILED.getMessage())
                        .satisfies(thrown -> assertThat(thrown.getSuppressed()).isEmpty());
                assertThat(cancelled).isEmpty();
            }
        }

        @Test
        void of_its_own_after_a_failure_that_it_was_told_cancels_a_group_that_does_not() {
            Map<String, Exception> others = Map.of(
                    "its own",
                    BODY_FAILED,
                    "of another group",
                    new ErrGroupException("other", BODY_FAILED, CancelReason.FAILURE, "other", null, -1, List.of()));
            for (Exception thrown : others.values()) {
                assertThatExceptionOfType(Exception.class)
                        .isThrownBy(() -> ErrGroup.call(o -> o.cancelOnError(false), group -> {
                            seen.set(group);
                            group.go(() -> failWith(TASK_FAILED));
                            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
                            group.go(ErrGroupCallTest::untilInterrupted);
                            throw thrown;
                        }))
                        .isSameAs(thrown);
                assertThat(seenGroup().context().reason()).isEqualTo(CancelReason.FAILURE);
            }
        }

        @Test
        void throws_what_await_threw_in_it_and_that_is_not_suppressed_by_itself() {
            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        group.go(() -> failWith(TASK_FAILED));
                        group.await();
                        return "value";
                    }))
                    .withCause(TASK_FAILED)
                    .satisfies(thrown -> assertThat(thrown.getSuppressed()).isEmpty());
        }

        @Test
        void may_translate_the_failure_that_await_told_it() {
            IllegalStateException translated = new IllegalStateException("no quote today");

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        group.go(() -> failWith(TASK_FAILED));
                        try {
                            group.await();
                        } catch (ErrGroupException failure) {
                            throw translated;
                        }
                        return "value";
                    }))
                    .isSameAs(translated);
            assertThat(translated).hasNoSuppressedExceptions();
        }

        @Test
        void in_an_interrupted_thread_leaves_the_flag_set() {
            try {
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                            group.go(ErrGroupCallTest::untilInterrupted);
                            Thread.currentThread().interrupt();
                            throw BODY_FAILED;
                        }))
                        .isSameAs(BODY_FAILED);
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }

        @Test
        void throws_what_await_of_a_type_threw_in_it_as_itself() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        group.go(() -> failWith(TASK_FAILED));
                        group.await(IOException.class);
                        return "value";
                    }))
                    .isSameAs(TASK_FAILED);
            assertThat(TASK_FAILED).hasNoSuppressedExceptions();
        }

        @Test
        void gives_way_to_the_error_of_a_task_that_failed_before_and_changes_neither() {
            StackOverflowError error = new StackOverflowError("the task's");

            assertThatExceptionOfType(StackOverflowError.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        failATaskOf(group, error);
                        throw BODY_FAILED;
                    }))
                    .isSameAs(error);
            assertThat(error).hasNoSuppressedExceptions();
            assertThat(BODY_FAILED).hasNoSuppressedExceptions();
        }
    }

    @Nested
    class AnInterrupt {
        @Test
        void of_a_body_that_waits_cancels_the_group_and_is_thrown() {
            AtomicReference<Subtask<?>> task = new AtomicReference<>();
            CountDownLatch running = new CountDownLatch(1);

            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        task.set(group.go(() -> {
                            running.countDown();
                            untilInterrupted();
                        }));
                        running.await();
                        Thread.currentThread().interrupt();
                        group.await();
                        return "value";
                    }));

            assertThat(task.get().state()).isEqualTo(Subtask.State.CANCELLED);
            assertThat(Thread.interrupted()).isFalse();
        }

        @Test
        void after_the_body_cancels_the_group_and_is_thrown() {
            AtomicReference<Subtask<?>> task = new AtomicReference<>();
            CountDownLatch running = new CountDownLatch(1);

            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                        task.set(group.go(() -> {
                            running.countDown();
                            untilInterrupted();
                        }));
                        running.await();
                        Thread.currentThread().interrupt();
                        return "value";
                    }));

            assertThat(task.get().state()).isEqualTo(Subtask.State.CANCELLED);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void past_the_deadline_the_call_ends_with_it() {
        CountDownLatch running = new CountDownLatch(1);

        assertThatExceptionOfType(ErrGroupException.class)
                .isThrownBy(() -> ErrGroup.call(o -> {}, group -> {
                    group.go("slow", () -> {
                        running.countDown();
                        untilInterrupted();
                    });
                    running.await();
                    group.setTimeout(Duration.ofMillis(20));
                    return "value";
                }))
                .withCauseInstanceOf(TimeoutException.class)
                .withStackTraceContaining("slow");
    }

    @Test
    void without_a_body_nothing_is_opened() {
        AtomicInteger opened = new AtomicInteger();
        ErrGroupOptions counting = ErrGroupOptions.builder()
                .listener(new GroupListener() {
                    @Override
                    public void onOpen() {
                        opened.incrementAndGet();
                    }
                })
                .build();

        assertThatNullPointerException()
                .isThrownBy(() -> ErrGroup.call(counting, null))
                .withMessage("body");
        assertThatNullPointerException()
                .isThrownBy(
                        () -> ErrGroup.call(o -> o.listener(counting.listeners().get(0)), null))
                .withMessage("body");
        assertThat(opened).hasValue(0);
    }

    private ErrGroup seenGroup() {
        ErrGroup group = seen.get();
        assertThat(group).isNotNull();
        return group;
    }

    /** Returns when the failure is the group's first: it cancels the group, and that runs the hook. */
    private static void failATaskOf(ErrGroup group, Throwable failure) throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        group.context().addCancellationHook(failed::countDown);
        group.go(() -> failWith(failure));
        failed.await();
    }

    private static void failWith(Throwable failure) throws IOException {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (IOException) failure;
    }

    private static void untilInterrupted() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
