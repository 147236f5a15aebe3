package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupSnapshot.Phase;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Groups in tasks of groups, and tasks that start tasks. */
class NestingContractTest extends GroupContract {
    /** So far away that only what happens at once passes. */
    private static final Duration NEVER = Duration.ofHours(1);

    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

    @Test
    void N1_groups_five_deep_end_and_no_task_runs_on_a_thread_that_waits() throws Exception {
        assumeThat(workplace).isNotEqualTo(Workplace.REJECTS_EVERY_THIRD);
        assertThat(depth(5)).isEqualTo(5);
    }

    private int depth(int left) throws InterruptedException {
        if (workplace != Workplace.IN_THE_CALLER) {
            assertThat(waiting).as("threads that wait").doesNotContain(Thread.currentThread());
        }
        if (left == 0) {
            return 0;
        }
        ErrGroup group = open(o -> o.name("depth-" + left).starvationTimeout(NEVER));
        Subtask<Integer> below = group.go(() -> depth(left - 1));
        waiting.add(Thread.currentThread());
        group.await();
        waiting.remove(Thread.currentThread());
        return below.get() + 1;
    }

    @Test
    void N1_trees_of_groups_end_with_every_task_run_once() throws Exception {
        assumeThat(workplace.tasksInARow()).isEqualTo(Integer.MAX_VALUE);
        AtomicInteger leaves = new AtomicInteger();
        tree(3, leaves);
        assertThat(leaves).hasValue(27);
    }

    private void tree(int left, AtomicInteger leaves) throws InterruptedException {
        if (left == 0) {
            leaves.incrementAndGet();
            return;
        }
        ErrGroup group = open(o -> o.limit(2));
        for (int i = 0; i < 3; i++) {
            group.go(() -> tree(left - 1, leaves));
        }
        group.await();
    }

    @Test
    void N1_G7_go_from_a_task_never_blocks_and_the_new_task_takes_the_next_free_slot() throws Exception {
        ErrGroup group = open(o -> o.limit(1));
        AtomicInteger running = new AtomicInteger();
        AtomicReference<@Nullable Subtask<Integer>> inner = new AtomicReference<>();
        Subtask<Integer> outer = group.go(() -> {
            running.incrementAndGet();
            inner.set(group.go(running::get));
            return running.getAndDecrement();
        });
        group.await();
        assertThat(outer.get()).isOne();
        assertThat(Objects.requireNonNull(inner.get()).get())
                .as("tasks running beside the inner one")
                .isZero();
    }

    @Test
    void N1_go_on_a_full_parent_from_a_task_of_a_group_below_never_blocks() throws Exception {
        assumeThat(workplace).isNotEqualTo(Workplace.REJECTS_EVERY_THIRD);
        ErrGroup parent = open(o -> o.limit(1));
        AtomicReference<@Nullable Subtask<String>> queued = new AtomicReference<>();
        parent.go(() -> {
            ErrGroup child = open();
            child.go(() -> queued.set(parent.go(() -> "after all")));
            child.await();
        });
        parent.await();
        assertThat(Objects.requireNonNull(queued.get()).get()).isEqualTo("after all");
    }

    @Test
    void N1_a_crawler_whose_tasks_go_the_next_page_with_limit_1_reaches_its_last_page() throws Exception {
        assumeThat(workplace).isNotEqualTo(Workplace.REJECTS_EVERY_THIRD);
        int pages = switch (workplace) {
            case DROPS_EVERY_THIRD -> 30; // each lost page costs a starvation timeout
            case PLATFORM_THREADS -> 1_000; // each page costs a thread
            default -> 100_000;
        };
        ErrGroup group = open(o -> o.limit(1));
        AtomicInteger crawled = new AtomicInteger();
        group.go(() -> crawl(group, 1, pages, crawled));
        group.await();
        assertThat(crawled).hasValue(pages);
        assertThat(group.snapshot().succeeded()).isEqualTo(pages);
    }

    private static void crawl(ErrGroup group, int page, int pages, AtomicInteger crawled) {
        crawled.incrementAndGet();
        if (page < pages) {
            group.go(() -> crawl(group, page + 1, pages, crawled));
        }
    }

    @Nested
    class Await_and_close_from_inside {
        @Test
        void G7_from_a_task_of_the_group_are_IllegalStateExceptions_at_once() throws Exception {
            ErrGroup group = open();
            Subtask<Throwable> await = group.go(() -> catchThrowable(group::await));
            Subtask<Throwable> close = group.go(() -> catchThrowable(group::close));
            group.await();
            assertThat(await.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("contract");
            assertThat(close.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("contract");
        }

        @Test
        void G7_from_a_task_of_a_group_below_are_IllegalStateExceptions_at_once() throws Exception {
            ErrGroup top = open(o -> o.name("top"));
            AtomicReference<@Nullable Throwable> await = new AtomicReference<>();
            AtomicReference<@Nullable Throwable> close = new AtomicReference<>();
            top.go(() -> {
                ErrGroup below = open();
                below.go(() -> {
                    await.set(catchThrowable(top::await));
                    close.set(catchThrowable(top::close));
                });
                below.await();
            });
            top.await();
            assertThat(await.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("top");
            assertThat(close.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("top");
        }

        @Test
        void G7_of_another_group_are_allowed() throws Exception {
            ErrGroup one = open();
            ErrGroup two = open(o -> o.threads(one.options().threads()));
            two.go(() -> "x");
            untilAllEnded(two);
            one.go(() -> {
                two.await();
                two.close();
            });
            one.await();
            assertThat(two.snapshot().phase()).isEqualTo(Phase.CLOSED);
        }
    }

    @Nested
    class A_child {
        @Test
        void N7_knows_its_parent_and_a_group_opened_elsewhere_has_none() throws Exception {
            ErrGroup parent = open();
            assertThat(FrameworkAccess.parentOf(parent)).isNull();
            Subtask<@Nullable ErrGroup> seen = parent.go(() -> {
                try (ErrGroup child = open()) {
                    return FrameworkAccess.parentOf(child);
                }
            });
            parent.await();
            assertThat(seen.get()).isSameAs(parent);
            assertThat(FrameworkAccess.parentOf(open())).isNull();
        }

        @Test
        void N7_inherits_the_nearer_deadline() throws Exception {
            HandClock clock = new HandClock();
            ErrGroup parent = open(o -> o.timeout(Duration.ofSeconds(10)).clock(clock));
            Subtask<Duration> inherited = parent.go(() -> remaining(null, clock));
            Subtask<Duration> own = parent.go(() -> remaining(Duration.ofSeconds(3), clock));
            parent.await();
            assertThat(inherited.get()).isEqualTo(Duration.ofSeconds(10));
            assertThat(own.get()).isEqualTo(Duration.ofSeconds(3));
        }

        private Duration remaining(@Nullable Duration timeout, HandClock clock) {
            try (ErrGroup child = open(o -> o.timeout(timeout).clock(clock))) {
                return child.context().remaining().orElseThrow();
            }
        }

        @Test
        void N7_is_cancelled_with_its_parent_for_its_parents_cause() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup parent = open();
            Gate running = new Gate();
            AtomicReference<@Nullable ErrGroup> child = new AtomicReference<>();
            AtomicReference<@Nullable Subtask<?>> grandchild = new AtomicReference<>();
            parent.go(() -> {
                child.set(open(o -> o.threads(parent.options().threads())));
                grandchild.set(child.get().go(() -> {
                    running.open();
                    new Gate().pass();
                }));
                child.get().await();
            });
            running.pass();
            Broken why = new Broken("user left");

            parent.cancel(why);
            catchThrowable(parent::await);

            assertThat(Objects.requireNonNull(grandchild.get()).state()).isEqualTo(State.CANCELLED);
            ErrGroup below = Objects.requireNonNull(child.get());
            assertThat(below.context().reason()).isEqualTo(CancelReason.PARENT);
            assertThat(below.context().cause()).isSameAs(why);
        }

        @Test
        void N7_N8_is_cancelled_with_its_parent_though_nobody_is_interrupted() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup parent = open(o -> o.interruptOnCancel(false));
            Gate opened = new Gate();
            Gate cancelled = new Gate();
            Subtask<CancelReason> task = parent.go(() -> {
                ErrGroup child = open(o -> o.interruptOnCancel(false));
                opened.open();
                cancelled.pass();
                return Objects.requireNonNull(child.context().reason());
            });
            opened.pass();
            parent.cancel();
            cancelled.open();
            parent.await(); // every task succeeded
            assertThat(task.get()).isEqualTo(CancelReason.PARENT);
        }

        @Test
        void N7_opened_in_a_cancelled_parent_is_born_cancelled() throws Exception {
            ErrGroup parent = open();
            Subtask<State> task = parent.go(() -> {
                parent.cancel();
                ErrGroup child = open();
                return child.go(() -> "never").state();
            });
            parent.await();
            assertThat(task.get()).isEqualTo(State.SKIPPED);
        }

        @Test
        void N7_does_not_cancel_its_parent() throws Exception {
            ErrGroup parent = open();
            Subtask<Boolean> task = parent.go(() -> {
                try (ErrGroup child = open()) {
                    child.cancel();
                    return child.context().isCancelled();
                }
            });
            parent.go(() -> "x");
            parent.await();
            assertThat(task.get()).isTrue();
            assertThat(parent.context().reason()).isNull();
        }

        @Test
        void N7_left_open_is_closed_and_reported_when_the_task_ends() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup parent = open();
            AtomicReference<@Nullable ErrGroup> child = new AtomicReference<>();
            AtomicReference<@Nullable Subtask<?>> left = new AtomicReference<>();
            parent.go("forgetful", () -> {
                child.set(open(o -> o.name("forgotten").threads(parent.options().threads())));
                left.set(stuck(child.get()));
            });
            catchThrowable(parent::await);

            assertThat(Objects.requireNonNull(child.get()).snapshot().phase()).isEqualTo(Phase.CLOSED);
            assertThat(Objects.requireNonNull(left.get()).state()).isEqualTo(State.CANCELLED);
            assertThat(log().has("forgotten", "forgetful")).as("reported").isTrue();
        }

        @Test
        void N7_left_open_with_nothing_to_answer_for_is_reported_as_well() throws Exception {
            ErrGroup parent = open();
            parent.go("forgetful", () -> open(o -> o.name("quiet")));
            parent.await();
            assertThat(log().has("quiet", "forgetful")).as("reported").isTrue();
        }

        @Test
        void N7_left_open_is_closed_though_the_close_of_another_one_throws() throws Exception {
            ErrGroup parent = open();
            Subtask<List<ErrGroup>> task = parent.go(() -> {
                ErrGroup older = open();
                ErrGroup newer = open(o -> o.executor(Runnable::run).name("newer"));
                newer.go(() -> {
                    throw new Broken("unheard");
                });
                return List.of(older, newer);
            });
            parent.await();
            assertThat(task.get())
                    .allSatisfy(child -> assertThat(child.snapshot().phase()).isEqualTo(Phase.CLOSED));
            assertThat(log().has("newer", "unheard")).as("reported").isTrue();
        }

        /** Its interrupt and its parent's meet on one thread: taking the one back must not take the other. */
        @Test
        void N7_J1_J2_that_runs_in_its_parents_thread_leaves_the_parents_interrupt_there() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup parent = open();
            Gate inside = new Gate();
            Subtask<Boolean> task = parent.go(() -> {
                ErrGroup child = track(ErrGroup.open(o -> o.executor(Runnable::run)));
                child.go(() -> {
                    inside.open();
                    Threads.until(() -> Thread.currentThread().isInterrupted());
                    // both groups are cancelled before any thread is interrupted
                    Threads.until(() -> parent.context().isCancelled());
                });
                // now, or in a moment: the parent's interrupt may still be on its way
                Threads.until(() -> Thread.currentThread().isInterrupted());
                return true;
            });
            inside.pass();
            parent.cancel();
            parent.await(); // every task succeeded
            assertThat(task.get()).isTrue();
        }

        @Test
        void J1_that_runs_in_its_parents_thread_leaves_no_flag_there_of_itself() throws Exception {
            ErrGroup parent = open();
            Subtask<Boolean> task = parent.go(() -> {
                ErrGroup child = track(ErrGroup.open(o -> o.executor(Runnable::run)));
                child.go(() -> {});
                return Thread.currentThread().isInterrupted();
            });
            parent.await();
            assertThat(task.get()).isFalse();
        }

        @Test
        void G7_of_another_group_that_runs_in_a_tasks_thread_may_not_await_that_tasks_group() throws Exception {
            ErrGroup waitedFor = open();
            ErrGroup elsewhere = track(ErrGroup.open(o -> o.executor(Runnable::run))); // the child of nobody
            Subtask<Throwable> task = waitedFor.go(() -> {
                Subtask<Throwable> nested = elsewhere.go(() -> catchThrowable(waitedFor::await));
                return nested.get();
            });
            waitedFor.await();
            assertThat(task.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("await()")
                    .hasMessageContaining("'contract'");
        }

        @Test
        void J4_that_a_task_awaits_is_cancelled_when_somebody_interrupts_the_task() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup parent = open();
            Gate opened = new Gate();
            AtomicReference<@Nullable Thread> waits = new AtomicReference<>();
            AtomicReference<@Nullable ErrGroup> seen = new AtomicReference<>();
            Subtask<?> task = parent.go(() -> {
                ErrGroup child = open();
                seen.set(child);
                stuck(child);
                waits.set(Thread.currentThread());
                opened.open();
                child.await();
            });
            opened.pass();
            Objects.requireNonNull(waits.get()).interrupt();

            catchThrowable(parent::await);

            assertThat(task.exception()).isInstanceOf(InterruptedException.class);
            ErrGroup child = Objects.requireNonNull(seen.get());
            assertThat(child.context().reason()).isEqualTo(CancelReason.INTERRUPTED);
        }

        @Test
        void N7_made_with_fresh_in_a_task_is_a_child_as_well() throws Exception {
            ErrGroup template = open();
            ErrGroup parent = open();
            Subtask<@Nullable ErrGroup> seen = parent.go(() -> {
                try (ErrGroup child = template.fresh()) {
                    return FrameworkAccess.parentOf(child);
                }
            });
            parent.await();
            assertThat(seen.get()).isSameAs(parent);
        }
    }
}
