package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.Test;

/** J14: an open group keeps no reference to a task that has ended. */
class LeakContractTest extends GroupContract {

    @Test
    void J14_a_task_that_ended_is_collected_with_its_value_while_the_group_is_open() throws Exception {
        ErrGroup group = open(o -> o.limit(2).cancelOnError(false));
        List<WeakReference<?>> references = runOne(group);
        group.await();
        untilCollected(references);
        assertThat(group.snapshot().succeeded()).isOne();
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

    static void untilCollected(List<? extends WeakReference<?>> references) {
        Threads.until(() -> {
            System.gc();
            return references.stream().allMatch(reference -> reference.get() == null);
        });
    }
}
