package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Outstanding;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J9: no memory for a thread, wherever a task is started from. {@link LostTaskTest} has the same for {@code go}. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StartFailureTest {
    private final AtomicBoolean noMemory = new AtomicBoolean();

    private final ThreadFactory factory = command -> new Thread(command) {
        @Override
        public void start() {
            if (noMemory.get()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            super.start();
        }
    };

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void J9_by_tryGo_the_task_is_FAILED_and_its_slot_free(boolean reuse) {
        try (ErrGroup group = ErrGroup.open(
                o -> o.limit(1).cancelOnError(false).reuseThreads(reuse).threadFactory(factory))) {
            noMemory.set(true);
            Subtask<String> lost = group.tryGo(() -> "never").orElseThrow();
            Threads.until(() -> lost.state().isEnded());
            noMemory.set(false);
            Subtask<String> next = group.tryGo(() -> "runs").orElseThrow();

            assertThat(catchThrowable(group::await)).isInstanceOf(OutOfMemoryError.class);
            assertThat(lost.state()).isEqualTo(State.FAILED);
            assertThat(next.get()).isEqualTo("runs");
        }
    }

    @Test
    void J9_N1_tasks_queued_from_inside_are_FAILED_when_their_turn_comes() throws Exception {
        try (ErrGroup group = ErrGroup.open(
                o -> o.limit(1).cancelOnError(false).reuseThreads(false).threadFactory(factory))) {
            List<Subtask<?>> queued = new ArrayList<>();
            group.go(() -> {
                for (int i = 0; i < 10; i++) {
                    queued.add(group.go(() -> {}));
                }
                noMemory.set(true);
            });
            assertThat(catchThrowable(group::await)).isInstanceOf(OutOfMemoryError.class);
            assertThat(queued).hasSize(10).allMatch(task -> task.state() == State.FAILED);
            assertThat(Outstanding.of(group)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void J9_N5_a_raised_limit_that_finds_no_thread_fails_the_task_and_not_the_caller(boolean reuse) throws Exception {
        Gate end = new Gate();
        try (ErrGroup group = ErrGroup.open(
                o -> o.limit(1).cancelOnError(false).reuseThreads(reuse).threadFactory(factory))) {
            Gate queued = new Gate();
            List<Subtask<?>> tasks = new ArrayList<>();
            group.go(() -> {
                tasks.add(group.go(() -> {}));
                queued.open();
                end.pass();
            });
            queued.pass();
            noMemory.set(true);
            group.setLimit(2);
            Threads.until(() -> tasks.get(0).state() == State.FAILED);
            end.open();
            assertThat(catchThrowable(group::await)).isInstanceOf(OutOfMemoryError.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void J9_N7_the_shared_slot_is_free_again_too(boolean reuse) throws Exception {
        SharedLimit shared = new SharedLimit(1);
        try (ErrGroup group = ErrGroup.open(o ->
                o.sharedLimit(shared).cancelOnError(false).reuseThreads(reuse).threadFactory(factory))) {
            noMemory.set(true);
            Subtask<String> lost = group.go(() -> "never");
            noMemory.set(false);
            Subtask<String> next = group.go(() -> "runs");
            assertThat(catchThrowable(group::await)).isInstanceOf(OutOfMemoryError.class);
            assertThat(lost.state()).isEqualTo(State.FAILED);
            assertThat(next.get()).isEqualTo("runs");
        }
    }

    /** Interleaving: a second caller queues its task while the first one's thread cannot be had. */
    @Test
    void J9_J13_a_task_that_comes_meanwhile_has_its_thread_all_the_same() throws Exception {
        AtomicReference<@Nullable ErrGroup> opened = new AtomicReference<>();
        AtomicReference<@Nullable Subtask<String>> second = new AtomicReference<>();
        AtomicBoolean first = new AtomicBoolean(true);
        try (ErrGroup group =
                ErrGroup.open(o -> o.cancelOnError(false).reuseThreads(true).threadFactory(command -> {
                    if (first.compareAndSet(true, false)) {
                        Caller.runs(() -> second.set(
                                        Objects.requireNonNull(opened.get()).go(() -> "runs")))
                                .endsWell();
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return new Thread(command);
                }))) {
            opened.set(group);
            Subtask<String> lost = group.go(() -> "never");

            Subtask<String> next = Objects.requireNonNull(second.get());
            Threads.until(() -> next.state().isEnded());
            assertThat(next.get()).isEqualTo("runs");
            assertThat(lost.state()).isEqualTo(State.FAILED);
            assertThat(catchThrowable(group::await)).isInstanceOf(OutOfMemoryError.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void J9_J14_an_open_group_keeps_no_reference_to_a_task_that_had_no_thread(boolean reuse) throws Exception {
        try (ErrGroup group =
                ErrGroup.open(o -> o.cancelOnError(false).reuseThreads(reuse).threadFactory(factory))) {
            noMemory.set(true);
            LeakContractTest.untilCollected(List.of(new WeakReference<>(group.go(() -> {}))));
            assertThat(catchThrowable(group::await)).isInstanceOf(OutOfMemoryError.class);
        }
    }
}
