package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The limit: how many tasks run at once, who waits for a slot, and what ends that wait. */
class LimitContractTest extends GroupContract {

    @Test
    void G3_never_more_than_limit_tasks_run_at_once() throws Exception {
        ErrGroup group = open(o -> o.limit(2).cancelOnError(false));
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int tasks = rounds(60);

        for (int i = 0; i < tasks; i++) {
            group.go(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.yield();
                running.decrementAndGet();
            });
        }
        catchThrowable(group::await);

        assertThat(most.get()).isBetween(1, 2);
        long rejected = workplace == Workplace.REJECTS_EVERY_THIRD ? site().lost() : 0;
        assertThat(group.snapshot().succeeded()).isEqualTo(tasks - rejected);
        assertThat(group.snapshot().failed()).isEqualTo(rejected);
    }

    @Test
    void G3_a_negative_limit_is_none() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = open(o -> o.limit(-7));
        assertThat(group.limit()).isEqualTo(-1);
        Gate met = new Gate(2);
        for (int i = 0; i < 2; i++) {
            group.go(() -> {
                met.open();
                met.pass();
            });
        }
        group.await();
    }

    @Test
    void G3_go_from_outside_blocks_while_the_group_is_full() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        Gate end = new Gate();
        Subtask<?> first = running(group, end::pass);

        Caller<Subtask<State>> caller =
                Caller.calls(() -> group.go(first::state)).blockedIn("go");
        end.open();

        Subtask<State> second = caller.result();
        group.await();
        assertThat(second.get()).as("the first task, as the second saw it").isEqualTo(State.SUCCEEDED);
    }

    @Test
    void G3_a_limit_of_0_lets_nothing_start() throws Exception {
        ErrGroup group = open(o -> o.limit(0));

        assertThat(group.tryGo(() -> "no")).isEmpty();
        Caller<Subtask<String>> caller =
                Caller.calls(() -> group.go(() -> "late")).blockedIn("go");

        group.setLimit(1);
        Subtask<String> task = caller.result();
        group.await();
        assertThat(task.get()).isEqualTo("late");
    }

    /** Who could raise the limit is the thread that would be blocked. */
    @Test
    void G3_go_of_the_opener_at_a_limit_of_0_that_nobody_changed_is_refused() throws Exception {
        ErrGroup group = open(o -> o.name("quote").limit(0));

        assertThatIllegalStateException()
                .isThrownBy(() -> group.go(() -> "never"))
                .withMessageContaining("'quote'")
                .withMessageContaining("limit 0")
                .withMessageContaining("setLimit(0)");
        assertThatIllegalStateException().isThrownBy(() -> group.forEach(List.of(1), item -> {}));

        assertThat(group.snapshot().submitted()).isZero();
        group.setLimit(1);
        Subtask<String> task = group.go(() -> "now");
        group.await();
        assertThat(task.get()).isEqualTo("now");
    }

    @Test
    void G3_go_of_the_opener_at_a_limit_of_0_waits_for_the_deadline_if_there_is_one() throws Exception {
        ErrGroup group = open(o -> o.limit(0).timeout(Duration.ofMillis(20)));
        assertThat(group.go(() -> "never").state()).isEqualTo(State.SKIPPED);

        ErrGroup parent = open(o -> o.timeout(Duration.ofHours(1)));
        CompletableFuture<ErrGroup> opened = new CompletableFuture<>();
        Caller<Subtask<State>> outer = Caller.calls(() -> parent.go(() -> {
            try (ErrGroup child = open(o -> o.limit(0))) {
                opened.complete(child);
                return child.go(() -> "never").state();
            }
        }));
        ErrGroup child = opened.get();
        Threads.until(() -> child.snapshot().blockedCallers() == 1);
        parent.cancel();
        catchThrowable(parent::await);
        assertThat(outer.result().get()).isEqualTo(State.SKIPPED);
    }

    @Test
    void N5_go_of_the_opener_waits_at_a_limit_of_0_that_was_set_while_the_group_was_open() throws Exception {
        CompletableFuture<ErrGroup> opened = new CompletableFuture<>();
        Caller<Subtask<String>> caller = Caller.calls(() -> {
                    ErrGroup group = open(o -> o.limit(0));
                    group.setLimit(0);
                    opened.complete(group);
                    return group.go(() -> "late");
                })
                .blockedIn("go");
        ErrGroup group = opened.get();
        assertThat(group.snapshot().blockedCallers()).isOne();

        group.setLimit(1);

        Subtask<String> task = caller.result();
        group.await();
        assertThat(task.get()).isEqualTo("late");
        assertThat(group.snapshot().blockedCallers()).isZero();
    }

    @Test
    void G3_every_blocked_caller_gets_its_turn() throws Exception {
        needsTasksAtOnce(1);
        needsTasksInARow(6);
        ErrGroup group = open(o -> o.limit(1));
        Gate end = new Gate();
        group.go(() -> end.pass());
        List<Caller<Subtask<String>>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(Caller.calls(() -> group.go(() -> "turn")).blockedIn("go"));
        }
        end.open();

        List<Subtask<String>> tasks = new ArrayList<>();
        for (Caller<Subtask<String>> caller : callers) {
            tasks.add(caller.result());
        }
        group.await();
        assertThat(tasks).allSatisfy(task -> assertThat(task.get()).isEqualTo("turn"));
    }

    @Nested
    class Set_while_tasks_run {
        @Test
        void N5_raised_it_wakes_a_blocked_caller() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.limit(1));
            Gate end = new Gate();
            Gate secondRan = new Gate();
            Subtask<?> first = running(group, end::pass);
            Caller<Subtask<?>> caller =
                    Caller.<Subtask<?>>calls(() -> group.go(secondRan::open)).blockedIn("go");

            group.setLimit(2);

            caller.result();
            secondRan.pass();
            assertThat(first.state()).isEqualTo(State.RUNNING);
            assertThat(group.limit()).isEqualTo(2);
            end.open();
            group.await();
        }

        @Test
        void N5_raised_it_starts_what_a_task_had_queued() throws Exception {
            needsTasksAtOnce(2);
            ErrGroup group = open(o -> o.limit(1));
            Gate queued = new Gate();
            Gate secondRan = new Gate();
            group.go(() -> {
                group.go(secondRan::open);
                queued.open();
                secondRan.pass(); // holds its slot until the other ran
            });
            queued.pass();
            assertThat(secondRan.isOpen()).isFalse();

            group.setLimit(2);

            secondRan.pass();
            group.await();
        }

        @Test
        void N5_lifted_altogether_it_wakes_everybody() throws Exception {
            needsTasksAtOnce(3);
            ErrGroup group = open(o -> o.limit(0));
            Gate met = new Gate(3);
            List<Caller<?>> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                callers.add(Caller.calls(() -> group.go(() -> {
                            met.open();
                            met.pass();
                        }))
                        .blockedIn("go"));
            }
            group.setLimit(-1);
            for (Caller<?> caller : callers) {
                caller.result();
            }
            group.await();
        }

        @Test
        void N5_lowered_it_lets_running_tasks_finish_and_starts_none_above_it() throws Exception {
            needsTasksAtOnce(3);
            ErrGroup group = open(o -> o.limit(2));
            Gate endFirst = new Gate();
            Gate endSecond = new Gate();
            Subtask<?> first = running(group, endFirst::pass);
            Subtask<?> second = running(group, endSecond::pass);

            group.setLimit(1);
            assertThat(group.tryGo(() -> "above")).isEmpty();
            endFirst.open();
            Threads.until(() -> group.snapshot().pending() == 1);
            assertThat(group.tryGo(() -> "still above")).isEmpty();
            endSecond.open();
            Threads.until(() -> group.tryGo(() -> "below").isPresent());

            group.await();
            assertThat(first.state()).isEqualTo(State.SUCCEEDED);
            assertThat(second.state()).isEqualTo(State.SUCCEEDED);
        }
    }

    @Nested
    class A_producer_blocked_in_go {
        @Test
        void N4_interrupted_cancels_the_group_keeps_its_flag_and_gets_a_SKIPPED_handle() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.limit(1));
            Subtask<?> first = stuck(group);
            Caller<Subtask<String>> caller =
                    Caller.calls(() -> group.go(() -> "never")).blockedIn("go");

            caller.interrupt();

            assertThat(caller.result().state()).isEqualTo(State.SKIPPED);
            assertThat(caller.flagAfterwards()).isTrue();
            assertThat(group.context().reason()).isEqualTo(CancelReason.INTERRUPTED);
            assertThat(group.context().cause()).isInstanceOf(InterruptedException.class);
            assertThat(catchThrowable(group::await)).isInstanceOf(InterruptedException.class);
            assertThat(first.state()).isEqualTo(State.CANCELLED);
        }

        @Test
        void N4_interrupted_before_it_blocks_does_the_same() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.limit(1));
            stuck(group);
            Caller<Subtask<String>> caller = Caller.calls(() -> {
                Thread.currentThread().interrupt();
                return group.go(() -> "never");
            });

            assertThat(caller.result().state()).isEqualTo(State.SKIPPED);
            assertThat(caller.flagAfterwards()).isTrue();
            assertThat(catchThrowable(group::await)).isInstanceOf(InterruptedException.class);
        }

        @Test
        void N4_wakes_with_a_SKIPPED_handle_when_the_group_is_cancelled() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.limit(1));
            stuck(group);
            Caller<Subtask<String>> caller =
                    Caller.calls(() -> group.go(() -> "never")).blockedIn("go");

            group.cancel();

            assertThat(caller.result().state()).isEqualTo(State.SKIPPED);
            assertThat(caller.flagAfterwards()).isFalse();
        }

        @Test
        void N4_wakes_with_a_SKIPPED_handle_at_the_deadline() throws Exception {
            needsTasksAtOnce(1);
            HandClock clock = new HandClock();
            ErrGroup group = open(o -> o.limit(1).timeout(Duration.ofMinutes(1)).clock(clock));
            stuck(group);
            Caller<Subtask<String>> caller =
                    Caller.calls(() -> group.go(() -> "never")).blockedIn("go");

            clock.advance(Duration.ofMinutes(1));

            assertThat(caller.result().state()).isEqualTo(State.SKIPPED);
            assertThat(group.context().reason()).isEqualTo(CancelReason.TIMEOUT);
        }

        @Test
        void N4_wakes_with_a_SKIPPED_handle_when_the_only_task_fails() throws Exception {
            needsTasksAtOnce(1);
            ErrGroup group = open(o -> o.limit(1));
            Gate fail = new Gate();
            Broken broken = new Broken("only");
            group.go(() -> {
                fail.pass();
                throw broken;
            });
            Caller<Subtask<String>> caller =
                    Caller.calls(() -> group.go(() -> "never")).blockedIn("go");

            fail.open();

            assertThat(caller.result().state()).isEqualTo(State.SKIPPED);
            assertThat(catchThrowable(group::await)).hasCause(broken);
        }

        @Test
        void N4_with_its_flag_set_but_a_slot_free_starts_the_task_and_keeps_the_flag() throws Exception {
            ErrGroup group = open(o -> o.limit(1));
            Caller<Subtask<String>> caller = Caller.calls(() -> {
                Thread.currentThread().interrupt();
                return group.go(() -> "started");
            });

            Subtask<String> task = caller.result();
            group.await();

            assertThat(task.get()).isEqualTo("started");
            assertThat(caller.flagAfterwards()).isTrue();
            assertThat(group.context().reason()).isNull();
        }

        @Test
        void N4_is_told_that_the_group_is_over_when_it_ends_meanwhile() throws Exception {
            ErrGroup awaited = open(o -> o.limit(0));
            Caller<?> one = Caller.calls(() -> awaited.go(() -> "never")).blockedIn("go");
            awaited.await();
            assertThat(one.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("fresh()");

            ErrGroup closed = open(o -> o.limit(0));
            Caller<?> two = Caller.calls(() -> closed.go(() -> "never")).blockedIn("go");
            closed.close();
            assertThat(two.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("fresh()");
        }

        @Test
        void N4_interrupted_after_go_returned_has_cancelled_nothing() throws Exception {
            ErrGroup group = open(o -> o.limit(1));
            Caller<Subtask<String>> caller = Caller.calls(() -> {
                Subtask<String> task = group.go(() -> "started");
                Thread.currentThread().interrupt();
                return task;
            });
            Subtask<String> task = caller.result();
            group.await();
            assertThat(task.get()).isEqualTo("started");
        }
    }
}
