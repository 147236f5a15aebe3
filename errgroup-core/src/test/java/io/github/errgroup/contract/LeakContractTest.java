package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** J14: an open group keeps no reference to a task that has ended. */
class LeakContractTest extends GroupContract {

    @Test
    void J14_a_task_that_ended_is_collected_with_its_value_while_the_group_is_open() throws Exception {
        ErrGroup group = open(o -> o.limit(2).cancelOnError(false));
        List<WeakReference<?>> references = new ArrayList<>();
        references.addAll(runOne(group));
        group.await();
        references.addAll(runOne(group)); // a reused worker may remember its last task, not the ones before
        group.await();
        untilCollected(references.subList(0, 3));
        assertThat(group.snapshot().succeeded()).isEqualTo(2);
    }

    /** In a method of its own, so that no local variable keeps what it should not. */
    private static List<WeakReference<?>> runOne(ErrGroup group) {
        Object input = new Object();
        Object output = new Object();
        Subtask<Object> task = group.go(() -> {
            assertThat(input).isNotNull();
            return output;
        });
        return List.of(new WeakReference<>(task), new WeakReference<>(input), new WeakReference<>(output));
    }

    @Test
    void J14_of_many_failures_only_the_first_and_a_bounded_rest_are_kept() {
        needsTasksInARow(Integer.MAX_VALUE);
        ErrGroup group = open(o -> o.limit(1).cancelOnError(false));
        List<WeakReference<?>> references = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            references.add(fail(group));
        }
        catchThrowable(group::await);
        untilCollected(references.subList(130, 149));
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
        ErrGroup parent = open();
        parent.go(() -> untilCollected(List.of(openAndClose())));
        parent.await();
    }

    private WeakReference<ErrGroup> openAndClose() {
        try (ErrGroup child = ErrGroup.open(options())) {
            return new WeakReference<>(child);
        }
    }

    @Test
    void J14_a_hook_that_was_taken_back_is_collected() {
        ErrGroup group = open();
        untilCollected(List.of(registerAndClose(group)));
        assertThat(group.context().isCancelled()).isFalse();
    }

    private static WeakReference<?> registerAndClose(ErrGroup group) {
        Object captured = new Object();
        group.context().onCancel(() -> assertThat(captured).isNotNull()).close();
        return new WeakReference<>(captured);
    }

    private static void untilCollected(List<? extends WeakReference<?>> references) {
        Threads.until(() -> {
            System.gc();
            return references.stream().allMatch(reference -> reference.get() == null);
        });
    }
}
