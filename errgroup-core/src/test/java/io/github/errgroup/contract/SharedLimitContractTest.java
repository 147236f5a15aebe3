package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.TaskSnapshot;
import io.github.errgroup.TaskThreads;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit shared by several groups: who has its slots, who waits for one, and in which order. */
class SharedLimitContractTest extends GroupContract {

    private ErrGroup open(SharedLimit shared) {
        return open(o -> o.sharedLimit(shared));
    }

    /** Whether exactly so many slots are free. */
    private void assertFree(SharedLimit shared, int slots) throws Exception {
        needsTasksAtOnce(slots);
        needsTasksInARow(6); // those of the test before it included
        Gate end = new Gate();
        ErrGroup group = open(shared);
        for (int i = 0; i < slots; i++) {
            assertThat(group.tryGo(() -> end.pass())).as("slot %s", i).isPresent();
        }
        assertThat(group.tryGo(() -> "one too many")).isEmpty();
        end.open();
        group.await();
    }

    @Test
    void N7_never_more_than_its_limit_run_at_once_over_all_its_groups() {
        SharedLimit shared = new SharedLimit(2);
        List<ErrGroup> groups = List.of(
                open(o -> o.sharedLimit(shared).cancelOnError(false)),
                open(o -> o.sharedLimit(shared).cancelOnError(false)));
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int tasks = rounds(60);

        for (int i = 0; i < tasks; i++) {
            groups.get(i % 2).go(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.yield();
                running.decrementAndGet();
            });
        }
        groups.forEach(group -> catchThrowable(group::await));

        assertThat(most.get()).isBetween(1, 2);
        long rejected = workplace == Workplace.REJECTS_EVERY_THIRD ? site().lost() : 0;
        assertThat(groups.stream().mapToLong(g -> g.snapshot().succeeded()).sum())
                .isEqualTo(tasks - rejected);
    }

    @Test
    void N7_a_negative_limit_is_none() throws Exception {
        needsTasksAtOnce(2);
        SharedLimit shared = new SharedLimit(-7);
        assertThat(shared.limit()).isEqualTo(-1);
        Gate met = new Gate(2);
        for (ErrGroup group : List.of(open(shared), open(shared))) {
            group.go(() -> {
                met.open();
                met.pass();
            });
        }
        met.pass();
    }

    @Test
    void N7_tasks_that_started_while_there_was_no_limit_are_not_counted_once_there_is_one() throws Exception {
        needsTasksAtOnce(2);
        SharedLimit shared = new SharedLimit(-1);
        ErrGroup group = open(shared);
        Gate end = new Gate();
        assertThat(group.tryGo(() -> end.pass())).as("while there is none").isPresent();
        shared.setLimit(1);
        assertThat(group.tryGo(() -> end.pass())).as("the first that counts").isPresent();
        assertThat(group.tryGo(() -> end.pass())).as("one too many").isEmpty();
        end.open();
        group.await();
        assertFree(shared, 1);
    }

    @Test
    void N7_tryGo_says_no_while_another_group_has_every_slot_and_yes_when_one_is_free() throws Exception {
        needsTasksAtOnce(1);
        SharedLimit shared = new SharedLimit(1);
        ErrGroup one = open(shared);
        ErrGroup two = open(shared);
        Gate end = new Gate();
        running(one, end::pass);

        assertThat(two.tryGo(() -> "no")).isEmpty();
        assertThat(two.snapshot().submitted()).isZero();
        end.open();
        one.await();
        assertThat(two.tryGo(() -> "yes")).isPresent();
        two.await();
    }

    @Test
    void N7_go_from_outside_blocks_while_another_group_has_every_slot() throws Exception {
        needsTasksAtOnce(1);
        SharedLimit shared = new SharedLimit(1);
        ErrGroup one = open(shared);
        ErrGroup two = open(shared);
        Gate end = new Gate();
        Subtask<?> first = running(one, end::pass);

        Caller<Subtask<State>> caller = Caller.calls(() -> two.go(first::state)).blockedIn("go");
        end.open();

        Subtask<State> second = caller.result();
        two.await();
        assertThat(second.get()).as("the first task, as the second saw it").isEqualTo(State.SUCCEEDED);
        one.await();
        assertFree(shared, 1);
    }

    @Test
    void N7_waiting_tasks_are_served_in_order_of_arrival_across_groups() throws Exception {
        needsTasksAtOnce(1);
        needsTasksInARow(4);
        SharedLimit shared = new SharedLimit(1);
        List<ErrGroup> groups = List.of(open(shared), open(shared));
        Gate end = new Gate();
        running(groups.get(0), end::pass);
        Queue<Integer> order = new ConcurrentLinkedQueue<>();
        List<Caller<?>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int arrival = i;
            ErrGroup group = groups.get(1 - i % 2);
            callers.add(Caller.calls(() -> group.go(() -> order.add(arrival))).blockedIn("go"));
        }

        end.open();

        for (Caller<?> caller : callers) {
            caller.result();
        }
        for (ErrGroup group : groups) {
            group.await();
        }
        assertThat(order).containsExactly(0, 1, 2, 3);
    }

    @Test
    void N7_a_task_queued_from_inside_is_seen_in_its_own_groups_snapshot() throws Exception {
        needsTasksAtOnce(1);
        SharedLimit shared = new SharedLimit(1);
        ErrGroup group = open(shared);
        ErrGroup other = open(shared);
        Gate queued = new Gate();
        Gate end = new Gate();
        running(group, () -> {
            group.go("queued", () -> {});
            queued.open();
            end.pass();
        });
        queued.pass();

        assertThat(group.snapshot().tasks())
                .extracting(TaskSnapshot::name, TaskSnapshot::state)
                .contains(tuple("queued", State.PENDING));
        assertThat(other.snapshot().tasks()).isEmpty();
        end.open();
        group.await();
        assertFree(shared, 1);
    }

    @Test
    void N7_N1_a_crawler_with_one_shared_slot_reaches_its_last_page() throws Exception {
        assumeThat(workplace).isNotEqualTo(Workplace.REJECTS_EVERY_THIRD);
        int pages = switch (workplace) {
            case DROPS_EVERY_THIRD -> 30; // each lost page costs a starvation timeout
            case IN_THE_CALLER -> 20_000; // deeper than any stack
            default -> 1_000;
        };
        SharedLimit shared = new SharedLimit(1);
        ErrGroup group = open(shared);
        AtomicInteger crawled = new AtomicInteger();
        group.go(() -> crawl(group, 1, pages, crawled));
        group.await();
        assertThat(crawled).hasValue(pages);
        assertThat(open(shared).tryGo(() -> "free again")).isPresent();
    }

    private static void crawl(ErrGroup group, int page, int pages, AtomicInteger crawled) {
        crawled.incrementAndGet();
        if (page < pages) {
            group.go(() -> crawl(group, page + 1, pages, crawled));
        }
    }

    @Nested
    class Set_while_tasks_run {
        @Test
        void N5_raised_it_wakes_a_caller_blocked_in_any_group() throws Exception {
            needsTasksAtOnce(2);
            SharedLimit shared = new SharedLimit(1);
            ErrGroup one = open(shared);
            ErrGroup two = open(shared);
            Gate end = new Gate();
            Gate ran = new Gate();
            running(one, end::pass);
            Caller<?> caller = Caller.calls(() -> two.go(ran::open)).blockedIn("go");

            shared.setLimit(2);

            caller.result();
            ran.pass();
            assertThat(shared.limit()).isEqualTo(2);
            end.open();
            one.await();
            two.await();
            assertFree(shared, 2);
        }

        @Test
        void N5_raised_it_starts_what_a_task_had_queued() throws Exception {
            needsTasksAtOnce(2);
            SharedLimit shared = new SharedLimit(1);
            ErrGroup group = open(shared);
            Gate queued = new Gate();
            Gate secondRan = new Gate();
            group.go(() -> {
                group.go(secondRan::open);
                queued.open();
                secondRan.pass(); // holds its slot until the other ran
            });
            queued.pass();
            assertThat(secondRan.isOpen()).isFalse();

            shared.setLimit(2);

            secondRan.pass();
            group.await();
        }

        @Test
        void N5_lifted_altogether_it_wakes_everybody() throws Exception {
            needsTasksAtOnce(3);
            SharedLimit shared = new SharedLimit(0);
            Gate met = new Gate(3);
            List<Caller<?>> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ErrGroup group = open(shared);
                callers.add(Caller.calls(() -> group.go(() -> {
                            met.open();
                            met.pass();
                        }))
                        .blockedIn("go"));
            }
            shared.setLimit(-7);
            for (Caller<?> caller : callers) {
                caller.result();
            }
            assertThat(shared.limit()).isEqualTo(-1);
            met.pass();
        }

        @Test
        void N5_lowered_it_starts_none_above_it() throws Exception {
            needsTasksAtOnce(2);
            SharedLimit shared = new SharedLimit(2);
            ErrGroup group = open(shared);
            Gate end = new Gate();
            running(group, end::pass);
            shared.setLimit(1);
            assertThat(group.tryGo(() -> "above")).isEmpty();
            end.open();
            group.await();
            assertFree(shared, 1);
        }
    }

    @Nested
    class A_task_that_waits {
        /** One slot, and a task that has it awaits a group below: without giving the slot back it would wait for ever. */
        @Test
        void N7_for_a_group_of_the_same_limit_gives_its_slot_back() throws Exception {
            assumeThat(workplace).isNotEqualTo(Workplace.REJECTS_EVERY_THIRD);
            SharedLimit shared = new SharedLimit(1);
            ErrGroup group = open(shared);
            Subtask<String> outer = group.go(() -> {
                ErrGroup below =
                        open(o -> o.sharedLimit(shared).threads(group.options().threads()));
                Subtask<String> inner = below.go(() -> "below");
                below.await();
                return inner.get();
            });
            group.await();
            assertThat(outer.get()).isEqualTo("below");
            assertThat(open(shared).tryGo(() -> "free again")).isPresent();
        }

        @Test
        void N7_two_groups_that_open_each_other_with_one_slot_each_both_end() throws Exception {
            needsTasksAtOnce(2);
            needsTasksInARow(4);
            SharedLimit left = new SharedLimit(1);
            SharedLimit right = new SharedLimit(1);
            Gate both = new Gate(2);
            List<Caller<?>> requests =
                    List.of(Caller.runs(() -> cross(left, right, both)), Caller.runs(() -> cross(right, left, both)));
            for (Caller<?> request : requests) {
                request.result();
            }
            assertFree(left, 1);
            assertFree(right, 1);
        }

        private void cross(SharedLimit here, SharedLimit there, Gate both) throws InterruptedException {
            ErrGroup group = open(here);
            group.go(() -> {
                both.open();
                both.pass(); // each has the slot that the other needs
                ErrGroup below = open(there);
                below.go(() -> {});
                below.await();
            });
            group.await();
        }

        /** A task that has given its one slot to another, and wants it back while a third task waits for it too. */
        private final class Comeback {
            final SharedLimit shared = new SharedLimit(1);

            final ErrGroup group;

            final ErrGroup other = open(shared);

            final Gate endBelow = new Gate();

            final Gate endOther = new Gate();

            final Queue<String> order = new ConcurrentLinkedQueue<>();

            final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

            final Caller<?> newcomer;

            final Subtask<Boolean> task;

            Comeback() throws Exception {
                this(true);
            }

            Comeback(boolean interrupting) throws Exception {
                needsTasksAtOnce(3);
                needsTasksInARow(4);
                group = open(o -> o.sharedLimit(shared).interruptOnCancel(interrupting));
                Gate opened = new Gate();
                task = group.go(() -> {
                    ErrGroup below = open(); // shares no limit
                    below.go(endBelow::passIgnoringInterrupts);
                    thread.set(Thread.currentThread());
                    opened.open();
                    catchThrowable(below::await);
                    order.add("comes back");
                    return Thread.currentThread().isInterrupted();
                });
                opened.pass();
                Caller.calls(() -> other.go(endOther::passIgnoringInterrupts)).result(); // when the slot is given back
                newcomer =
                        Caller.calls(() -> other.go(() -> order.add("is new"))).blockedIn("go");
                endBelow.open();
                Threads.untilQueuedAgain(Objects.requireNonNull(thread.get()));
            }
        }

        @Test
        void N7_has_its_slot_again_where_nobody_else_waits_for_one() throws Exception {
            needsTasksAtOnce(2);
            needsTasksInARow(2);
            SharedLimit shared = new SharedLimit(1);
            ErrGroup group = open(shared);
            Gate opened = new Gate();
            Gate back = new Gate();
            Gate endBelow = new Gate();
            Gate end = new Gate();
            group.go(() -> {
                ErrGroup below = open(); // shares no limit
                below.go(() -> endBelow.pass());
                opened.open();
                below.await();
                back.open();
                end.pass();
            });
            opened.pass();
            endBelow.open();
            back.pass();

            assertThat(open(shared).tryGo(() -> "a second one")).isEmpty();

            end.open();
            group.await();
            assertFree(shared, 1);
        }

        @Test
        void N7_has_its_slot_again_before_it_goes_on_and_before_new_tasks() throws Exception {
            Comeback c = new Comeback();
            assertThat(c.order).isEmpty();

            c.endOther.open();

            c.group.await();
            c.newcomer.result();
            c.other.await();
            assertThat(c.order).containsExactly("comes back", "is new");
            assertThat(c.task.get()).as("interrupted").isFalse();
            assertFree(c.shared, 1);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void N7_goes_on_without_its_slot_if_its_group_is_cancelled(boolean interrupting) throws Exception {
            Comeback c = new Comeback(interrupting);

            c.group.cancel();

            catchThrowable(c.group::await);
            assertThat(c.order).containsExactly("comes back");
            assertThat(c.newcomer.isDone()).isFalse();
            c.endOther.open();
            c.newcomer.result();
            c.other.await();
            assertFree(c.shared, 1);
        }

        @Test
        void N7_J1_keeps_an_interrupt_that_comes_while_it_waits_for_its_slot() throws Exception {
            Comeback c = new Comeback();

            Objects.requireNonNull(c.thread.get()).interrupt();
            c.endOther.open();

            c.group.await();
            assertThat(c.task.get()).as("interrupted").isTrue();
            c.newcomer.result();
        }
    }

    @Nested
    class Cancelled_while_tasks_wait_for_it {
        @Test
        void N4_a_blocked_caller_gets_a_SKIPPED_handle_and_those_of_other_groups_wait_on() throws Exception {
            needsTasksAtOnce(1);
            SharedLimit shared = new SharedLimit(1);
            ErrGroup group = open(shared);
            ErrGroup other = open(shared);
            Gate end = new Gate();
            ErrGroup holder = open(shared);
            running(holder, end::pass);
            Caller<Subtask<?>> skipped =
                    Caller.<Subtask<?>>calls(() -> group.go(() -> {})).blockedIn("go");
            Caller<Subtask<?>> served =
                    Caller.<Subtask<?>>calls(() -> other.go(() -> {})).blockedIn("go");

            group.cancel();

            assertThat(skipped.result().state()).isEqualTo(State.SKIPPED);
            assertThat(skipped.flagAfterwards()).isFalse();
            assertThat(served.isDone()).isFalse();
            end.open();
            served.result();
            other.await();
            holder.await();
            assertFree(shared, 1);
        }

        @Test
        void J14_N4_what_was_skipped_is_forgotten_while_others_still_hold_the_slots() throws Exception {
            needsTasksAtOnce(1);
            SharedLimit shared = new SharedLimit(1);
            Gate end = new Gate();
            ErrGroup holder = open(shared);
            running(holder, end::pass);
            ErrGroup group = open(shared);

            LeakContractTest.untilCollected(List.of(skipped(group)));

            end.open();
            holder.await();
        }

        /** In a method of its own, so that no local variable keeps what it should not. */
        private WeakReference<?> skipped(ErrGroup group) throws Exception {
            Caller<WeakReference<?>> caller = Caller.<WeakReference<?>>calls(
                            () -> new WeakReference<>(group.go(() -> {})))
                    .blockedIn("go");
            group.cancel();
            return caller.result();
        }

        @Test
        void J2_what_a_task_had_queued_is_SKIPPED_and_the_slot_is_free_again() throws Exception {
            needsTasksAtOnce(1);
            SharedLimit shared = new SharedLimit(1);
            ErrGroup group = open(shared);
            Gate queued = new Gate();
            AtomicReference<@Nullable Subtask<?>> inner = new AtomicReference<>();
            running(group, () -> {
                inner.set(group.go(() -> {}));
                queued.open();
                new Gate().pass();
            });
            queued.pass();

            group.cancel();

            catchThrowable(group::await);
            assertThat(Objects.requireNonNull(inner.get()).state()).isEqualTo(State.SKIPPED);
            assertFree(shared, 1);
        }

        @Test
        void N4_an_interrupted_caller_cancels_its_group_and_keeps_its_flag() throws Exception {
            needsTasksAtOnce(1);
            SharedLimit shared = new SharedLimit(1);
            ErrGroup group = open(shared);
            Gate end = new Gate();
            ErrGroup holder = open(shared);
            running(holder, end::pass);
            Caller<Subtask<?>> caller =
                    Caller.<Subtask<?>>calls(() -> group.go(() -> {})).blockedIn("go");

            caller.interrupt();

            assertThat(caller.result().state()).isEqualTo(State.SKIPPED);
            assertThat(caller.flagAfterwards()).isTrue();
            assertThat(group.context().reason()).isEqualTo(CancelReason.INTERRUPTED);
            assertThat(catchThrowable(group::await)).isInstanceOf(InterruptedException.class);
            assertThat(holder.context().isCancelled()).isFalse();
            end.open();
            holder.await();
            assertFree(shared, 1);
        }
    }

    /**
     * A worker that ends a task launches one of another group, which runs in the worker's thread and stays there. Its own
     * group's next task must not wait for it.
     */
    @Test
    void N7_J13_a_worker_that_runs_another_groups_task_keeps_none_of_its_own_group_waiting() throws Exception {
        SharedLimit shared = new SharedLimit(2);
        ErrGroup workers = track(ErrGroup.open(o ->
                o.sharedLimit(shared).threads(TaskThreads.platform("shared-")).reuseThreads(true)));
        ErrGroup inCallers = track(ErrGroup.open(o -> o.sharedLimit(shared).executor(Runnable::run)));
        Gate endOfFirst = new Gate();
        running(workers, endOfFirst::pass);
        Gate queued = new Gate();
        Gate endOfCaller = new Gate();
        Gate inWorker = new Gate();
        Gate endInWorker = new Gate();
        Caller<?> caller = Caller.calls(() -> inCallers.go(() -> {
            inCallers.go(() -> {
                inWorker.open();
                endInWorker.pass();
            });
            queued.open();
            endOfCaller.pass();
        }));
        queued.pass();
        endOfFirst.open();
        inWorker.pass();

        shared.setLimit(3);
        Subtask<String> next = workers.go(() -> "runs");

        Threads.until(() -> next.state() == State.SUCCEEDED);
        endInWorker.open();
        endOfCaller.open();
        caller.result();
        workers.await();
        inCallers.await();
    }
}
