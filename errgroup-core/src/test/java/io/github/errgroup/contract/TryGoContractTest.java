package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@code tryGo}: starts the task, or says no at once. */
class TryGoContractTest extends GroupContract {

    @Test
    void G4_starts_the_task_while_there_is_a_slot() throws Exception {
        ErrGroup group = open(o -> o.limit(1));
        Optional<Subtask<String>> task = group.tryGo("named", () -> "yes");
        group.await();
        assertThat(task).hasValueSatisfying(handle -> {
            assertThat(handle.get()).isEqualTo("yes");
            assertThat(handle.name()).isEqualTo("named");
        });
    }

    @Test
    void G4_says_no_while_the_group_is_full_and_counts_nothing() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        Gate end = new Gate();
        group.go(() -> end.pass());

        AtomicInteger ran = new AtomicInteger();
        assertThat(group.tryGo(ran::incrementAndGet)).isEmpty();
        assertThat(group.tryGo("named", () -> {
                    ran.incrementAndGet();
                }))
                .isEmpty();

        end.open();
        group.await();
        assertThat(ran).hasValue(0);
        assertThat(group.snapshot().submitted()).isOne();
    }

    @Test
    void G4_says_no_to_a_task_of_the_group_too_rather_than_queue() throws Exception {
        ErrGroup group = open(o -> o.limit(1));
        Subtask<Boolean> task = group.go(() -> group.tryGo(() -> "inner").isPresent());
        group.await();
        assertThat(task.get()).isFalse();
    }

    @Test
    void G4_right_after_await_the_slot_is_free() throws Exception {
        // where every third is rejected tryGo rightly says no; that has a test of its own
        needsTasksInARow(3);
        ErrGroup group = open(o -> o.limit(1).cancelOnError(false));
        for (int round = 0; round < 50; round++) {
            assertThat(group.tryGo(() -> "x")).as("round %d", round).isPresent();
            group.await();
        }
    }

    @Test
    void G5_says_no_once_the_group_is_cancelled() {
        ErrGroup group = open();
        group.cancel();
        assertThat(group.tryGo(() -> "never")).isEmpty();
        assertThat(group.snapshot().submitted()).isZero();
    }

    @Test
    void G5_throws_once_the_group_is_finished_or_closed() throws Exception {
        ErrGroup group = open();
        group.await();
        assertThatIllegalStateException()
                .isThrownBy(() -> group.tryGo(() -> "late"))
                .withMessageContaining("contract")
                .withMessageContaining("fresh()");
        group.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> group.tryGo(() -> "later"))
                .withMessageContaining("contract")
                .withMessageContaining("fresh()");
    }

    @Test
    void N2_says_no_when_the_executor_rejects_and_that_is_no_failure() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.REJECTS_EVERY_THIRD);
        ErrGroup group = open(o -> o.limit(3));
        assertThat(group.tryGo(() -> 1)).isPresent();
        assertThat(group.tryGo(() -> 2)).isPresent();
        assertThat(group.tryGo(() -> 3)).isEmpty();
        group.await();
        assertThat(group.snapshot().failed()).isZero();
        assertThat(group.snapshot().submitted()).isEqualTo(2);
    }

    /** J11: the listener hears of the end while the slot is still held. */
    @Test
    void J9_J11_the_slot_is_held_until_the_task_has_really_ended() throws Exception {
        List<Boolean> free = new CopyOnWriteArrayList<>();
        ErrGroup group = open(o -> o.limit(1).cancelOnError(false).listener(ended -> new GroupListener() {
            @Override
            public void onTaskEnd(Subtask<?> task, long nanos) {
                free.add(ended.tryGo(() -> "too early").isPresent());
            }
        }));
        group.go(() -> "x");
        group.await();
        assertThat(free).containsExactly(false);
    }

    @Test
    void J4_N4_an_interrupt_before_or_after_it_changes_nothing_and_the_flag_stays() throws Exception {
        ErrGroup group = open(o -> o.limit(1));
        Caller<Boolean> caller = Caller.calls(() -> {
            Thread.currentThread().interrupt();
            return group.tryGo(() -> "x").isPresent();
        });
        assertThat(caller.result()).isTrue();
        assertThat(caller.flagAfterwards()).isTrue();
        group.await();
        assertThat(group.context().reason()).isNull();
    }

    @Test
    void J1_J4_an_interrupt_during_it_in_the_caller_stays() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        ErrGroup group = open();
        Gate running = new Gate();
        Gate end = new Gate();
        Caller<Boolean> caller = Caller.calls(() -> group.tryGo(() -> {
                    running.open();
                    end.passIgnoringInterrupts();
                })
                .isPresent());
        running.pass();
        caller.interrupt();
        end.open();
        assertThat(caller.result()).isTrue();
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void N4_with_the_flag_set_a_full_group_says_no_and_is_not_cancelled() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        Gate end = new Gate();
        group.go(() -> end.pass());
        Caller<Boolean> caller = Caller.calls(() -> {
            Thread.currentThread().interrupt();
            return group.tryGo(() -> "x").isPresent();
        });
        assertThat(caller.result()).isFalse();
        assertThat(caller.flagAfterwards()).isTrue();
        assertThat(group.context().isCancelled()).isFalse();
        end.open();
        group.await();
    }
}
