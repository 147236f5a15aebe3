package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The interrupt flag. That none is left on a pool's worker is checked after every test of the contract. */
class FlagContractTest extends GroupContract {

    @Test
    void J1_a_task_that_sets_its_own_flag_leaves_none_on_a_worker() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1));
        group.go(() -> Thread.currentThread().interrupt());
        Subtask<Boolean> next = group.go(() -> Thread.currentThread().isInterrupted());
        group.await();
        assertThat(next.get()).isFalse();
    }

    /** Interleaving: the cancellation interrupts a thread whose task ends at this very moment. */
    @Test
    void J1_our_interrupt_never_outlives_the_task() throws Exception {
        needsTasksAtOnce(1);
        for (int round = 0; round < rounds(40); round++) {
            ErrGroup group = open();
            group.go(() -> "ends");
            for (int spin = 0; spin < 50 * round; spin++) {
                Thread.onSpinWait();
            }
            group.cancel();
            catchThrowable(group::await);
        }
        // the flags left on workers are counted after the test
    }

    @Test
    void J1_the_thread_that_cancels_and_awaits_is_not_interrupted() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open();
        stuck(group);
        group.cancel();
        catchThrowable(group::await);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void J1_a_pools_worker_that_has_gone_on_to_other_work_is_not_interrupted() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.POOL_OF_ONE);
        ErrGroup group = open();
        group.go(() -> "ends");
        untilAllEnded(group);
        Gate running = new Gate();
        Gate end = new Gate();
        var other = site().pool().submit(() -> {
            running.open();
            end.passIgnoringInterrupts();
            return Thread.currentThread().isInterrupted();
        });
        running.pass();

        group.cancel();
        end.open();

        assertThat(other.get()).isFalse();
    }

    @Test
    void J1_in_the_caller_a_flag_found_on_entry_is_there_again_afterwards() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        ErrGroup group = open();
        Caller<?> caller = Caller.runs(() -> {
            Thread.currentThread().interrupt();
            group.go(() -> Thread.interrupted());
        });
        caller.result();
        assertThat(caller.flagAfterwards()).isTrue();
    }

    @Test
    void J1_in_the_caller_a_flag_that_somebody_else_set_meanwhile_stays() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        ErrGroup group = open();
        Gate running = new Gate();
        Gate end = new Gate();
        Caller<Subtask<String>> caller = Caller.calls(() -> group.go(() -> {
            running.open();
            end.passIgnoringInterrupts();
            return "x";
        }));
        running.pass();
        caller.interrupt();
        end.open();

        Subtask<String> task = caller.result();
        assertThat(caller.flagAfterwards()).isTrue();
        assertThat(task.get()).isEqualTo("x");
        assertThat(group.context().isCancelled()).isFalse();
    }

    @Test
    void J1_in_the_caller_a_flag_that_our_cancellation_set_is_cleared() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        ErrGroup group = open();
        Gate running = new Gate();
        Caller<Subtask<Boolean>> caller = Caller.calls(() -> group.go(() -> {
            running.open();
            Threads.until(() -> Thread.currentThread().isInterrupted());
            return Thread.currentThread().isInterrupted();
        }));
        running.pass();
        group.cancel();
        assertThat(caller.result().get()).as("interrupted inside").isTrue();
        assertThat(caller.flagAfterwards()).isFalse();
    }

    /** As executors do that run one after the other what they are handed meanwhile, in the thread that handed over the first. */
    @Test
    void N4_J1_a_task_that_its_executor_puts_off_and_runs_in_the_caller_has_not_the_callers_flag() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        Queue<Runnable> later = new ArrayDeque<>();
        AtomicBoolean inside = new AtomicBoolean();
        ErrGroup group = track(ErrGroup.open(o -> o.executor(command -> {
            later.add(command);
            if (inside.compareAndSet(false, true)) {
                for (Runnable next = later.poll(); next != null; next = later.poll()) {
                    next.run();
                }
                inside.set(false);
            }
        })));
        AtomicReference<Boolean> seen = new AtomicReference<>();
        Caller<?> caller = Caller.runs(() -> {
            Thread.currentThread().interrupt();
            group.go(() -> {
                group.go(() -> {
                    group.go(() -> {});
                });
                group.go(() -> seen.set(Thread.currentThread().isInterrupted()));
            });
        });
        caller.result();
        group.await();
        assertThat(seen).hasValue(false);
        assertThat(caller.flagAfterwards()).isTrue();
    }

    /** As a thread of a pool does that takes another command while its own waits. */
    @Test
    void J1_a_task_that_another_one_helps_with_leaves_the_flag_of_that_one() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        BlockingQueue<Runnable> commands = new ArrayBlockingQueue<>(2);
        ErrGroup group = track(ErrGroup.open(o -> o.executor(commands::add)));
        AtomicReference<Boolean> seen = new AtomicReference<>();
        Subtask<Boolean> task = group.go(() -> {
            group.go(() -> seen.set(Thread.currentThread().isInterrupted()));
            Thread.currentThread().interrupt();
            commands.remove().run();
            return Thread.interrupted();
        });
        new Thread(commands.remove()).start();
        group.await();
        assertThat(task.get()).isTrue();
        assertThat(seen).hasValue(false);
    }
}
