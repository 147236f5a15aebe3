package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Outstanding;
import io.github.errgroup.TaskThreads;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An endless recursion that calls {@code go} on its way: where in {@code go} the stack is full is another place each time. Not
 * on an executor, whose own queue and locks a full stack may leave half done; nor on virtual threads, which the JVM's scheduler
 * runs in that way: a recursion that calls {@code Thread.startVirtualThread} and nothing else stops that scheduler for good after
 * some hundred rounds (Temurin 25.0.3).
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FullStackTest {
    private static final int ROUNDS = 12;

    private static final long STACK_BYTES = 160 << 10;

    enum Kind {
        FRESH_THREADS,
        WORKERS;

        void in(ErrGroupOptions.Builder o) {
            switch (this) {
                case FRESH_THREADS -> o.limit(ErrGroupOptions.NO_LIMIT);
                case WORKERS -> o.limit(3).reuseThreads(true);
            }
            o.threads(TaskThreads.platform("full-stack-"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void J9_a_stack_that_overflows_in_go_loses_no_task(Kind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            AtomicReference<@Nullable ErrGroup> opened = new AtomicReference<>();
            AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
            Thread thread = new Thread(null, () -> run(kind::in, opened, thrown), "full", STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
            thread.join(TimeUnit.SECONDS.toMillis(20));

            ErrGroup group = opened.get();
            assertThat(group).isNotNull();
            GroupSnapshot end = group.snapshot();
            assertThat(thread.isAlive()).as("%s waits for ever", end).isFalse();
            assertThat(thrown.get()).isInstanceOf(StackOverflowError.class);
            assertThat(Outstanding.of(group)).isZero();
            assertThat(end.succeeded() + end.failed() + end.cancelled() + end.skipped())
                    .as("the counts of %s add up", end)
                    .isEqualTo(end.submitted());
        }
    }

    private static void run(
            Consumer<ErrGroupOptions.Builder> options,
            AtomicReference<@Nullable ErrGroup> opened,
            AtomicReference<@Nullable Throwable> thrown) {
        try (ErrGroup group = ErrGroup.open(options)) {
            opened.set(group);
            recurse(group);
        } catch (Throwable e) {
            thrown.set(e);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack is full
    private static int recurse(ErrGroup group) {
        group.go(() -> 1);
        return recurse(group) + 1;
    }
}
