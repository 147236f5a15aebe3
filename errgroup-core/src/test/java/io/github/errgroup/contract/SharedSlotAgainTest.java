package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** N1, N7: a task that gave its shared slot back, and queues for it again. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedSlotAgainTest {
    private LogTap log;

    @BeforeEach
    void openTheLog() {
        log = new LogTap();
    }

    @AfterEach
    void closeTheLog() {
        log.close();
    }

    private static ErrGroup open(TaskThreads threads, SharedLimit shared) {
        return ErrGroup.open(ErrGroupOptions.defaults().threads(threads).sharedLimit(shared));
    }

    /**
     * Interleaving: while a task leaves a blocked {@code go}, the slot that it is about to queue for again goes to a task of
     * the very group that it submitted to, and no thread of the executor is left for that one.
     */
    @Test
    void N1_N7_who_queues_for_its_slot_again_waits_for_the_group_that_has_it() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        AtomicInteger commands = new AtomicInteger();
        AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
        Gate granted = new Gate();
        TaskThreads threads = TaskThreads.on(command -> {
            switch (commands.incrementAndGet()) {
                case 2 -> {
                    new Thread(command, "the other thread of the pool").start();
                    granted.passIgnoringInterrupts();
                }
                case 3 -> {
                    granted.open();
                    Threads.until(() -> queuesForItsSlot(waiter.get()));
                    one.execute(command);
                }
                default -> one.execute(command);
            }
        });
        SharedLimit shared = new SharedLimit(1);
        try (ErrGroup group = open(threads, shared)) {
            Subtask<String> task = group.go(() -> {
                waiter.set(Thread.currentThread());
                try (ErrGroup below = open(threads, shared)) {
                    below.go(() -> below.go(() -> {}));
                    below.await();
                }
                return "done";
            });
            boolean ends = Caller.runs(group::await).endsWell();
            group.cancel(); // lets a task that hangs go on without its slot
            assertThat(ends).as("await returns").isTrue();
            assertThat(task.get()).isEqualTo("done");
        } finally {
            one.shutdownNow();
        }
    }

    private static boolean queuesForItsSlot(@Nullable Thread thread) {
        return thread != null
                && Threads.isParked(thread)
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(SharedLimit.class.getName()));
    }

    /** In one thread, so the slot that the outermost gave back is free only when it itself takes it again. */
    @Test
    void N7_groups_three_deep_in_the_caller_share_a_limit_of_one() throws Exception {
        TaskThreads inTheCaller = TaskThreads.on(Runnable::run);
        SharedLimit shared = new SharedLimit(1);
        AtomicInteger ran = new AtomicInteger();
        try (ErrGroup top = open(inTheCaller, shared)) {
            Caller<?> caller = Caller.runs(() -> {
                top.go(() -> {
                    try (ErrGroup middle = open(inTheCaller, shared)) {
                        middle.go(() -> {
                            try (ErrGroup bottom = open(inTheCaller, shared)) {
                                bottom.go(ran::incrementAndGet);
                                bottom.await();
                            }
                        });
                        middle.await();
                    }
                });
                top.await();
            });
            boolean ends = caller.endsWell();
            top.cancel(); // lets a task that hangs go on without its slot
            assertThat(ends).as("the caller goes on").isTrue();
            assertThat(ran).hasValue(1);
        }
    }

    /** Both tasks run in one thread, and take their slots again under a limit that has room for one. */
    @Test
    void N7_N5_a_limit_lowered_meanwhile_lets_a_thread_with_two_slots_go_on() throws Exception {
        TaskThreads inTheCaller = TaskThreads.on(Runnable::run);
        SharedLimit shared = new SharedLimit(2);
        AtomicInteger ran = new AtomicInteger();
        try (ErrGroup top = open(inTheCaller, shared)) {
            Caller<?> caller = Caller.runs(() -> {
                top.go(() -> {
                    try (ErrGroup middle = open(inTheCaller, shared)) {
                        middle.go(() -> {
                            shared.setLimit(1);
                            try (ErrGroup bottom = open(inTheCaller, shared)) {
                                bottom.go(ran::incrementAndGet);
                                bottom.await();
                            }
                        });
                        middle.await();
                    }
                });
                top.await();
            });
            boolean ends = caller.endsWell();
            top.cancel();
            assertThat(ends).as("the caller goes on").isTrue();
            assertThat(ran).hasValue(1);
        }
    }
}
