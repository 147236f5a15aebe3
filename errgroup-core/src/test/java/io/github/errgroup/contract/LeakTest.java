package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** J14: what else an open group must not keep, wherever its tasks run. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LeakTest {

    @Test
    void J14_of_many_failures_only_the_first_and_a_bounded_rest_are_kept() {
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).cancelOnError(false))) {
            List<WeakReference<?>> references = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                references.add(fail(group));
            }
            catchThrowable(group::await);
            LeakContractTest.untilCollected(references.subList(100, 150));
        }
    }

    private static WeakReference<?> fail(ErrGroup group) {
        Broken broken = new Broken("one of many");
        group.go(() -> {
            throw broken;
        });
        return new WeakReference<>(broken);
    }

    @Test
    void J14_a_child_group_that_was_closed_is_collected_while_its_parents_task_runs() throws Exception {
        try (ErrGroup parent = ErrGroup.open()) {
            parent.go(() -> LeakContractTest.untilCollected(List.of(openAndClose())));
            parent.await();
        }
    }

    private static WeakReference<ErrGroup> openAndClose() {
        try (ErrGroup child = ErrGroup.open()) {
            return new WeakReference<>(child);
        }
    }

    @Test
    void J14_child_groups_that_are_closed_out_of_order_are_collected_while_a_younger_one_is_open() throws Exception {
        try (ErrGroup parent = ErrGroup.open()) {
            parent.go(() -> {
                List<WeakReference<ErrGroup>> closed = new ArrayList<>();
                ErrGroup younger = ErrGroup.open();
                for (int i = 0; i < 5; i++) { // hand over hand: there is always one open
                    younger = openOneMoreAndClose(younger, closed);
                }
                LeakContractTest.untilCollected(closed);
                younger.close();
            });
            parent.await();
        }
    }

    private static ErrGroup openOneMoreAndClose(ErrGroup older, List<WeakReference<ErrGroup>> closed) {
        ErrGroup younger = ErrGroup.open();
        older.close();
        closed.add(new WeakReference<>(older));
        return younger;
    }

    @Test
    void J14_a_hook_that_was_taken_back_is_collected() {
        try (ErrGroup group = ErrGroup.open()) {
            LeakContractTest.untilCollected(List.of(registerAndClose(group)));
            assertThat(group.context().isCancelled()).isFalse();
        }
    }

    private static WeakReference<?> registerAndClose(ErrGroup group) {
        Object captured = new Object();
        group.context()
                .addCancellationHook(() -> assertThat(captured).isNotNull())
                .close();
        return new WeakReference<>(captured);
    }

    @Test
    void J14_a_hook_of_a_group_that_has_ended_is_collected_while_the_group_is_not() throws Exception {
        ErrGroup group = ErrGroup.open();
        List<WeakReference<?>> references = List.of(registerAndKeep(group));
        group.await();
        LeakContractTest.untilCollected(references);
        group.close();
    }

    private static WeakReference<?> registerAndKeep(ErrGroup group) {
        Object captured = new Object();
        group.context().addCancellationHook(() -> assertThat(captured).isNotNull());
        return new WeakReference<>(captured);
    }

    /** Tasks that wait for a worker are linked to each other, for as long as they wait. */
    @Test
    void J14_the_handle_of_an_ended_task_keeps_no_task_that_waited_behind_it() throws Exception {
        Gate late = new Gate();
        AtomicInteger made = new AtomicInteger();
        try (ErrGroup group = ErrGroup.open(o -> o.reuseThreads(true).threadFactory(command -> {
            boolean first = made.getAndIncrement() == 0;
            return new Thread(() -> {
                if (!first) {
                    late.passIgnoringInterrupts();
                }
                command.run();
            });
        }))) {
            Gate queued = new Gate();
            GroupContract.running(group, queued::pass);
            Subtask<?> kept = group.go(() -> {});
            List<WeakReference<?>> behind = List.of(new WeakReference<>(group.go(() -> {})));
            queued.open();
            GroupContract.untilAllEnded(group); // by the one thread that is not late
            late.open();
            group.await();
            LeakContractTest.untilCollected(behind);
            assertThat(kept.state()).isEqualTo(Subtask.State.SUCCEEDED);
        }
    }

    @Test
    void J14_an_executor_that_runs_a_command_twice_in_its_caller_keeps_no_caller() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.executor(command -> {
            command.run();
            command.run();
        }))) {
            Thread caller = new Thread(() -> group.go(() -> {}));
            caller.start();
            caller.join();
            WeakReference<Thread> kept = new WeakReference<>(caller);
            caller = null;
            group.await();
            LeakContractTest.untilCollected(List.of(kept));
        }
    }

    @Test
    void J14_the_handle_of_an_ended_task_keeps_no_thread() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.threads(TaskThreads.platform("leak-")))) {
            Subtask<WeakReference<Thread>> kept = group.go(() -> new WeakReference<>(Thread.currentThread()));
            group.await();
            LeakContractTest.untilCollected(List.of(kept.get()));
            assertThat(kept.state()).isEqualTo(Subtask.State.SUCCEEDED);
        }
    }
}
