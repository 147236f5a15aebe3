package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** J14: what else an open group must not keep, wherever its tasks run. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
    void J14_a_hook_that_was_taken_back_is_collected() {
        try (ErrGroup group = ErrGroup.open()) {
            LeakContractTest.untilCollected(List.of(registerAndClose(group)));
            assertThat(group.context().isCancelled()).isFalse();
        }
    }

    private static WeakReference<?> registerAndClose(ErrGroup group) {
        Object captured = new Object();
        group.context().onCancel(() -> assertThat(captured).isNotNull()).close();
        return new WeakReference<>(captured);
    }
}
