package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.errgroup.GroupSnapshot.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What one can see of a group while it lives and after: its counts, its tasks, its phase and its parent. */
class SnapshotTest {
    private final FrozenClock clock = new FrozenClock();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Nested
    class Counts {
        @Test
        void add_up_when_tasks_succeeded_failed_were_cancelled_and_never_started() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Subtask<String> succeeded = group.go(() -> "value");
                Subtask<?> cancelled = group.go(() -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                });
                running.await();
                CountDownLatch failing = new CountDownLatch(1);
                group.context().addCancellationHook(failing::countDown);
                group.go(() -> {
                    while (!succeeded.state().isEnded()) {
                        Thread.yield();
                    }
                    throw new IllegalStateException("the one failure");
                });
                failing.await();
                Subtask<?> skipped = group.go(() -> {});
                assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);

                GroupSnapshot snapshot = group.snapshot();
                assertThat(snapshot.submitted()).isEqualTo(4);
                assertThat(snapshot.succeeded()).isEqualTo(1);
                assertThat(snapshot.failed()).isEqualTo(1);
                assertThat(snapshot.cancelled()).isEqualTo(1);
                assertThat(snapshot.skipped()).isEqualTo(1);
                assertThat(snapshot.pending()).isZero();
                assertThat(snapshot.tasks()).isEmpty();
                assertThat(snapshot.reason()).isEqualTo(CancelReason.FAILURE);
                assertThat(cancelled.state()).isEqualTo(Subtask.State.CANCELLED);
                assertThat(skipped.state()).isEqualTo(Subtask.State.SKIPPED);
            }
        }

        @Test
        void add_up_while_tasks_run_and_wait() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1).cancelOnError(false))) {
                group.go(() -> {});
                group.go(() -> {
                    throw new IllegalStateException("the one failure");
                });
                assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
                group.go(() -> {
                    for (int i = 0; i < 5; i++) {
                        group.go(() -> {});
                    }
                    running.countDown();
                    release.await();
                });
                running.await();

                GroupSnapshot snapshot = group.snapshot();
                assertThat(snapshot.submitted()).isEqualTo(8);
                assertThat(snapshot.succeeded()).isEqualTo(1);
                assertThat(snapshot.failed()).isEqualTo(1);
                assertThat(snapshot.pending()).isEqualTo(6);
                assertThat(sum(snapshot)).isEqualTo(8);

                release.countDown();
                assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
                assertThat(group.snapshot().succeeded()).isEqualTo(7);
                assertThat(sum(group.snapshot())).isEqualTo(group.snapshot().submitted());
            }
        }

        @Test
        void add_up_at_every_moment_while_tasks_start_and_end() throws Exception {
            int tasks = 4_000;
            int limit = 4;
            AtomicInteger returned = new AtomicInteger();
            ErrGroup group = ErrGroup.open(o -> o.limit(limit).cancelOnError(false));
            FutureTask<@Nullable Void> submitter = new FutureTask<>(() -> {
                for (int i = 0; i < tasks; i++) {
                    int number = i;
                    group.go(() -> {
                        if (number % 10 == 0) {
                            throw new IllegalStateException("one of ten");
                        }
                        returned.incrementAndGet();
                    });
                }
                return null;
            });
            new Thread(submitter, "submitter").start();

            GroupSnapshot before = group.snapshot();
            while (!submitter.isDone()) {
                GroupSnapshot now = group.snapshot();
                assertThat(now.succeeded()).isLessThanOrEqualTo(returned.get());
                assertThat(sum(now)).isEqualTo(now.submitted());
                assertThat(now.submitted()).isGreaterThanOrEqualTo(before.submitted());
                // a task in the middle of its end may count as pending in the stead of one that succeeded
                assertThat(now.succeeded()).isGreaterThanOrEqualTo(before.succeeded() - limit);
                assertThat(now.failed()).isGreaterThanOrEqualTo(before.failed());
                assertThat(now.pending()).isBetween(0L, (long) limit);
                before = now;
            }
            submitter.get();
            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
            group.close();

            assertThat(group.snapshot().succeeded()).isEqualTo(tasks * 9 / 10);
            assertThat(group.snapshot().failed()).isEqualTo(tasks / 10);
        }

        @Test
        void count_a_task_in_the_middle_of_its_end_as_pending() throws InterruptedException {
            CountDownLatch ending = new CountDownLatch(1);
            GroupListener inTheEnd = new GroupListener() {
                @Override
                public void onTaskEnd(Subtask<?> task, long nanos) {
                    ending.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            };
            ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).listener(ignored -> inTheEnd));
            Subtask<?> task = group.go(() -> {
                throw new IllegalStateException("the one failure");
            });
            ending.await();

            GroupSnapshot snapshot = group.snapshot();
            release.countDown();

            assertThat(task.state()).isEqualTo(Subtask.State.FAILED);
            assertThat(snapshot.pending()).isOne();
            assertThat(snapshot.failed()).isZero();
            assertThat(snapshot.submitted()).isOne();
            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
            assertThat(group.snapshot().failed()).isOne();
            group.close();
        }

        @Test
        void leave_out_what_tryGo_refused() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(o -> o.limit(0))) {
                assertThat(group.tryGo(() -> {})).isEmpty();

                assertThat(group.snapshot().submitted()).isZero();
                group.await();
            }
        }

        private long sum(GroupSnapshot snapshot) {
            return snapshot.succeeded()
                    + snapshot.failed()
                    + snapshot.cancelled()
                    + snapshot.skipped()
                    + snapshot.pending();
        }
    }

    @Nested
    class Tasks {
        @Test
        void are_those_that_have_not_ended_with_name_state_age_and_thread() throws InterruptedException {
            AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
            ErrGroupOptions timed = ErrGroupOptions.builder()
                    .limit(1)
                    .clock(clock)
                    .listener(new GroupListener() {})
                    .build();
            try (ErrGroup group = ErrGroup.open(timed)) {
                group.go("first", () -> {
                    runner.set(Thread.currentThread());
                    group.go("second", () -> {});
                    group.go(() -> {});
                    running.countDown();
                    release.await();
                });
                running.await();
                clock.advance(Duration.ofSeconds(3));

                assertThat(group.snapshot().tasks())
                        .containsExactlyInAnyOrder(
                                new TaskSnapshot(
                                        0, "first", Subtask.State.RUNNING, Duration.ofSeconds(3), runner.get()),
                                new TaskSnapshot(1, "second", Subtask.State.PENDING, null, null),
                                new TaskSnapshot(2, "task-2", Subtask.State.PENDING, null, null));
                release.countDown();
                group.await();
                assertThat(group.snapshot().tasks()).isEmpty();
            }
        }

        @Test
        void are_at_most_a_thousand() throws InterruptedException {
            int waiting = GroupSnapshot.MAX_TASKS + 100;
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
                group.go(() -> {
                    for (int i = 0; i < waiting; i++) {
                        group.go(() -> {});
                    }
                    running.countDown();
                    release.await();
                });
                running.await();

                GroupSnapshot snapshot = group.snapshot();
                assertThat(snapshot.pending()).isEqualTo(waiting + 1);
                assertThat(snapshot.tasks()).hasSize(GroupSnapshot.MAX_TASKS);
                release.countDown();
                group.await();
                assertThat(group.snapshot().succeeded()).isEqualTo(waiting + 1);
            }
        }

        @Test
        void are_in_the_order_of_their_index() throws InterruptedException {
            CountDownLatch first = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(o -> o.reuseThreads(false))) {
                group.go(() -> first.await());
                for (int i = 1; i < 4; i++) {
                    group.go(() -> release.await());
                }
                first.countDown();
                while (group.snapshot().succeeded() == 0) {
                    Thread.yield();
                }
                group.go(() -> release.await()); // in the place of the first

                assertThat(group.snapshot().tasks())
                        .extracting(TaskSnapshot::index)
                        .containsExactly(1L, 2L, 3L, 4L);
                release.countDown();
                group.await();
            }
        }

        @Test
        void of_a_snapshot_stay_as_they_were() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                group.go("first", () -> {
                    running.countDown();
                    release.await();
                });
                running.await();
                GroupSnapshot before = group.snapshot();
                release.countDown();
                group.await();

                assertThat(before.pending()).isEqualTo(1);
                assertThat(before.tasks()).extracting(TaskSnapshot::name).containsExactly("first");
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> before.tasks().clear());
            }
        }
    }

    @Nested
    class Phases {
        @Test
        void of_a_group_that_succeeds() throws InterruptedException {
            List<Phase> phases = new ArrayList<>();
            ErrGroup group = ErrGroup.open();
            phases.add(group.snapshot().phase());
            group.go(() -> {});
            phases.add(group.snapshot().phase());
            group.await();
            phases.add(group.snapshot().phase());
            assertThat(group.snapshot().reason()).isNull();
            group.close();
            phases.add(group.snapshot().phase());

            assertThat(phases).containsExactly(Phase.OPEN, Phase.OPEN, Phase.FINISHED, Phase.CLOSED);
        }

        @Test
        void of_a_group_that_is_cancelled() {
            ErrGroup group = ErrGroup.open();
            group.go(() -> {
                running.countDown();
                new CountDownLatch(1).await();
            });
            group.cancel();
            assertThat(group.snapshot().phase()).isEqualTo(Phase.CANCELLED);
            assertThat(group.snapshot().reason()).isEqualTo(CancelReason.EXPLICIT);
            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
            assertThat(group.snapshot().phase()).isEqualTo(Phase.FINISHED);
            group.close();
            assertThat(group.snapshot().phase()).isEqualTo(Phase.CLOSED);
        }

        @Test
        void of_a_group_that_may_go_on_after_await() throws InterruptedException {
            ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false));
            group.go(() -> {});
            group.await();
            assertThat(group.snapshot().phase()).isEqualTo(Phase.OPEN);
            group.close();
            assertThat(group.snapshot().phase()).isEqualTo(Phase.CLOSED);
        }
    }

    @Nested
    class Settings {
        @Test
        void are_those_of_now() throws InterruptedException {
            ErrGroupOptions timed = ErrGroupOptions.builder()
                    .name("timed")
                    .limit(2)
                    .timeout(Duration.ofSeconds(10))
                    .clock(clock)
                    .build();
            try (ErrGroup group = ErrGroup.open(timed)) {
                clock.advance(Duration.ofSeconds(4));
                group.setLimit(7);

                GroupSnapshot snapshot = group.snapshot();
                assertThat(snapshot.name()).isEqualTo("timed");
                assertThat(snapshot.limit()).isEqualTo(7);
                assertThat(snapshot.age()).isEqualTo(Duration.ofSeconds(4));
                assertThat(snapshot.remaining()).isEqualTo(Duration.ofSeconds(6));
                group.await();
            }
        }

        @Test
        void of_a_group_without_deadline_or_listener_have_an_age_all_the_same() {
            try (ErrGroup group = ErrGroup.open(o -> o.clock(clock))) {
                clock.advance(Duration.ofMinutes(10));

                assertThat(group.snapshot().age()).isEqualTo(Duration.ofMinutes(10));
            }
        }

        @Test
        void past_the_deadline_leave_no_time() throws InterruptedException {
            ErrGroupOptions timed = ErrGroupOptions.builder()
                    .timeout(Duration.ofSeconds(10))
                    .clock(clock)
                    .build();
            try (ErrGroup group = ErrGroup.open(timed)) {
                clock.advance(Duration.ofSeconds(11));

                assertThat(group.snapshot().remaining()).isEqualTo(Duration.ZERO);
                group.await();
            }
        }

        @Test
        void without_a_limit_or_a_deadline_say_so() {
            try (ErrGroup group = ErrGroup.open()) {
                assertThat(group.snapshot().limit()).isEqualTo(ErrGroupOptions.NO_LIMIT);
                assertThat(group.snapshot().remaining()).isNull();

                group.setLimit(-7);
                assertThat(group.snapshot().limit()).isEqualTo(ErrGroupOptions.NO_LIMIT);
            }
        }
    }

    @Nested
    class Parent {
        @Test
        void of_a_group_opened_outside_any_task_is_none() {
            try (ErrGroup group = ErrGroup.open()) {
                assertThat(FrameworkAccess.parentOf(group)).isNull();
            }
        }

        @Test
        void of_a_group_opened_in_another_s_body_but_in_no_task_is_none() {
            try (ErrGroup outer = ErrGroup.open();
                    ErrGroup inner = ErrGroup.open()) {
                assertThat(List.of(outer, inner))
                        .extracting(FrameworkAccess::parentOf)
                        .containsOnlyNulls();
            }
        }

        @Test
        void of_a_group_opened_in_a_task_is_that_task_s_group() throws InterruptedException {
            List<@Nullable ErrGroup> parents = new ArrayList<>();
            List<ErrGroup> opened = new ArrayList<>();
            try (ErrGroup top = ErrGroup.open(o -> o.name("top"))) {
                opened.add(top);
                top.go(() -> {
                    try (ErrGroup middle = ErrGroup.open(o -> o.name("middle"))) {
                        opened.add(middle);
                        parents.add(FrameworkAccess.parentOf(middle));
                        middle.go(() -> {
                            try (ErrGroup bottom = ErrGroup.open(o -> o.name("bottom"))) {
                                parents.add(FrameworkAccess.parentOf(bottom));
                            }
                        });
                        middle.await();
                    }
                });
                top.await();
            }

            assertThat(parents).isEqualTo(opened);
        }

        @Test
        void that_is_cancelled_is_the_child_s_reason() throws InterruptedException {
            AtomicReference<@Nullable CancelReason> reason = new AtomicReference<>();
            try (ErrGroup top = ErrGroup.open()) {
                top.go(() -> {
                    try (ErrGroup child = ErrGroup.open()) {
                        child.go(() -> {
                            running.countDown();
                            new CountDownLatch(1).await();
                        });
                        try {
                            child.await();
                        } finally {
                            reason.set(child.snapshot().reason());
                        }
                    }
                });
                running.await();
                top.cancel();
                assertThatExceptionOfType(ErrGroupException.class).isThrownBy(top::await);
            }
            assertThat(reason).hasValue(CancelReason.PARENT);
        }
    }
}
