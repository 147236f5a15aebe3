package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.TaskThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is left of our interrupt when a task has ended on a thread of its own: nothing (J1). */
class FlagAtTheEndTest {
    /**
     * The task's own thread must not call an interrupt that has just been seen not to return. Takes the second that the
     * engine waits for user code, which is no setting.
     */
    @Test
    void J1_an_interrupt_that_sets_the_flag_and_does_not_return_is_called_once() throws Exception {
        Gate entered = new Gate();
        Gate leave = new Gate();
        AtomicInteger calls = new AtomicInteger();
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.threads(TaskThreads.from(command -> new Thread(command) {
                    @Override
                    public void interrupt() {
                        super.interrupt();
                        calls.incrementAndGet();
                        entered.open();
                        if (Thread.currentThread() != this) { // there it would hang for ever
                            leave.passIgnoringInterrupts();
                        }
                    }
                })))) {
            GroupContract.running(group, () -> {
                while (!entered.isOpen()) {
                    Thread.onSpinWait(); // does not touch the flag
                }
            });
            group.cancel();
            group.await(); // every task succeeded
            assertThat(log.has("has not returned", "'task-0'")).isTrue();
            assertThat(calls).hasValue(1);
        } finally {
            leave.open();
        }
    }

    /** The end of a task on a fresh thread hands its shared slot to a task of another group, and launches it there. */
    @Test
    void J1_N7_our_interrupt_is_not_found_by_the_executor_of_another_group_that_takes_the_shared_slot()
            throws Exception {
        SharedLimit shared = new SharedLimit(2);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
        try (ErrGroup fresh = ErrGroup.open(o -> o.sharedLimit(shared).threads(TaskThreads.platform("fresh-")));
                ErrGroup other = ErrGroup.open(o -> o.sharedLimit(shared).executor(command -> {
                    flag.set(Thread.currentThread().isInterrupted());
                    pool.execute(command);
                }))) {
            Gate endFresh = new Gate();
            Gate endOther = new Gate();
            GroupContract.running(fresh, endFresh::passIgnoringInterrupts);
            Gate queued = new Gate();
            other.go(() -> {
                other.go(() -> {});
                queued.open();
                endOther.pass();
            });
            queued.pass();
            flag.set(null);
            fresh.cancel();
            endFresh.open();
            catchThrowable(fresh::await);
            Threads.until(() -> flag.get() != null);
            endOther.open();
            other.await();
            assertThat(flag).hasValue(false);
        } finally {
            pool.shutdownNow();
        }
    }
}
