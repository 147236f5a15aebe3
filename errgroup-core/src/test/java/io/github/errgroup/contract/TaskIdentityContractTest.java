package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.Subtask;
import io.github.errgroup.ThrowingRunnable;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** N15: a task is known as the task of its thread, whatever it does to that thread. */
class TaskIdentityContractTest extends GroupContract {
    private static final ClassLoader FOREIGN = new ClassLoader(null) {};

    /** Runs the action in a thread with nothing left as it was, and gives the thread back as it came. */
    private static void disguised(Thread.@Nullable UncaughtExceptionHandler handler, ThrowingRunnable action)
            throws Exception {
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        String name = thread.getName();
        ClassLoader loader = thread.getContextClassLoader();
        thread.setUncaughtExceptionHandler(handler);
        thread.setName("disguised");
        thread.setContextClassLoader(FOREIGN);
        try {
            action.run();
        } finally {
            thread.setUncaughtExceptionHandler(before);
            thread.setName(name);
            thread.setContextClassLoader(loader);
        }
    }

    /** Runs the action in two tasks, with another handler and with none. */
    private void inDisguise(ErrGroup group, ThrowingRunnable action) {
        needsTasksInARow(2);
        group.go(() -> disguised((thread, thrown) -> {}, action));
        group.go(() -> disguised(null, action));
        catchThrowable(group::await); // some places lose a task
    }

    @Test
    void N15_G7_its_await_and_close_are_refused() throws Exception {
        ErrGroup group = open(o -> o.cancelOnError(false));
        List<@Nullable Throwable> thrown = new CopyOnWriteArrayList<>();
        inDisguise(group, () -> {
            thrown.add(catchThrowable(group::await));
            thrown.add(catchThrowable(group::close));
        });
        assertThat(thrown)
                .isNotEmpty()
                .allSatisfy(refusal -> assertThat(Objects.requireNonNull(refusal))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("by one of its own tasks"));
    }

    @Test
    void N15_N1_its_go_on_its_own_full_group_does_not_block() throws Exception {
        ErrGroup group = open(o -> o.limit(1).cancelOnError(false));
        List<Subtask<?>> inner = new CopyOnWriteArrayList<>();
        inDisguise(group, () -> inner.add(group.go(() -> {})));
        assertThat(inner).isNotEmpty().allMatch(task -> task.state().isEnded());
    }

    @Test
    void N15_N7_a_group_that_it_opens_has_its_group_as_parent() throws Exception {
        ErrGroup group = open(o -> o.cancelOnError(false));
        List<@Nullable ErrGroup> parents = new CopyOnWriteArrayList<>();
        inDisguise(group, () -> {
            try (ErrGroup child = ErrGroup.open()) {
                parents.add(FrameworkAccess.parentOf(child));
            }
        });
        assertThat(parents).isNotEmpty().allMatch(parent -> parent == group);
    }

    @Test
    void N15_after_it_its_thread_runs_no_task() throws Exception {
        ErrGroup group = open(o -> o.cancelOnError(false));
        inDisguise(group, () -> {});
        try (ErrGroup next = ErrGroup.open()) {
            assertThat(FrameworkAccess.parentOf(next)).isNull();
        }
        if (!workplace.hasOwnThreads() && workplace.tasksAtOnce() > 0) {
            site().pool()
                    .submit(() -> {
                        try (ErrGroup next = ErrGroup.open()) {
                            assertThat(FrameworkAccess.parentOf(next)).isNull();
                        }
                    })
                    .get();
        }
    }
}
