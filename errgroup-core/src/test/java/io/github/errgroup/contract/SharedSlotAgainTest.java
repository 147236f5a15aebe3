package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

/** N1, N7: a task that gave its shared slot back, and queues for it again. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
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
        return ErrGroup.open(
                ErrGroupOptions.builder().threads(threads).sharedLimit(shared).build());
    }

    /**
     * Interleaving: while a task leaves a blocked {@code go}, the slot that it is about to queue for again goes to a task of
     * the very group that it submitted to, and no thread of the executor is left for that one.
     */
    @Test
    void N1_N7_a_task_that_queues_for_its_slot_again_waits_for_the_group_that_has_it() throws Exception {
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
        return thread != null && Threads.queuesAgain(thread);
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

    /** Two slots, and two tasks in one thread: the outer one has given its slot back when the inner one waits. */
    @Test
    void N7_a_wait_takes_again_only_what_it_gave_back_itself() throws Exception {
        TaskThreads inTheCaller = TaskThreads.on(Runnable::run);
        SharedLimit one = new SharedLimit(1);
        List<String> order = new ArrayList<>();
        try (ErrGroup top = open(inTheCaller, one)) {
            top.go(() -> {
                try (ErrGroup middle = open(inTheCaller, one)) {
                    middle.go(() -> {
                        try (ErrGroup bottom = open(inTheCaller, one)) {
                            bottom.go(() -> order.add("in the bottom"));
                        }
                        order.add("in the middle");
                        middle.go(() -> order.add("queued")); // takes the slot that is freed by the end of this task
                    });
                    order.add("on top");
                    middle.await();
                }
            });
            top.await();
        }
        assertThat(order).containsExactly("in the bottom", "in the middle", "queued", "on top");
    }

    /** Two tasks in one thread, each with a slot of the same limit: both give it back, and both have it again. */
    @Test
    void N7_a_thread_with_two_slots_has_both_again_after_a_wait() throws Exception {
        TaskThreads inTheCaller = TaskThreads.on(Runnable::run);
        SharedLimit two = new SharedLimit(2);
        AtomicInteger asked = new AtomicInteger();
        try (ErrGroup top = open(inTheCaller, two);
                ErrGroup other = open(inTheCaller, two)) {
            top.go(() -> {
                try (ErrGroup middle = open(inTheCaller, two)) {
                    middle.go(() -> {
                        try (ErrGroup bottom = open(inTheCaller, two)) {
                            bottom.go(() -> {});
                        }
                        assertThat(other.tryGo(() -> "a third one")).isEmpty();
                        asked.incrementAndGet();
                    });
                    middle.await();
                }
            });
            top.await();
            assertThat(asked).hasValue(1);
            assertThat(other.tryGo(() -> "now")).isPresent();
        }
    }

    /** In one order for all, else two threads that nest the two limits the other way round would wait for each other. */
    @Test
    void N7_slots_of_several_limits_are_taken_again_in_the_order_of_the_limits() throws Exception {
        TaskThreads inTheCaller = TaskThreads.on(Runnable::run);
        SharedLimit first = new SharedLimit(1);
        SharedLimit second = new SharedLimit(1);
        AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
        Gate waits = new Gate();
        Gate goOn = new Gate();
        Gate end = new Gate();
        try (ErrGroup outer = open(inTheCaller, first);
                ErrGroup holder = ErrGroup.open(o -> o.sharedLimit(first));
                ErrGroup other = open(inTheCaller, second)) {
            Caller<?> caller = Caller.runs(() -> outer.go(() -> {
                try (ErrGroup inner = open(inTheCaller, second)) {
                    inner.go(() -> {
                        try (ErrGroup below = ErrGroup.open()) {
                            below.go(goOn::pass);
                            waiter.set(Thread.currentThread());
                            waits.open();
                            below.await();
                        }
                    });
                }
            }));
            waits.pass();
            holder.go(end::pass); // when the waiter has given back its slots
            goOn.open();
            Threads.until(() -> queuesForItsSlot(waiter.get()));

            assertThat(other.tryGo(() -> "the second limit is free")).isPresent();

            end.open();
            caller.result();
        }
    }

    /** A wait launches what was left to a call below it on the stack. That call does not launch it again. */
    @Test
    void N7_J13_what_a_wait_launches_for_a_call_below_it_is_handed_over_once() throws Exception {
        Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
        SharedLimit two = new SharedLimit(2);
        AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
        Gate mayQueue = new Gate();
        Gate queued = new Gate();
        Gate third = new Gate();
        Gate end = new Gate();
        try (ErrGroup group = open(TaskThreads.on(Runnable::run), two);
                ErrGroup later = open(TaskThreads.on(commands::add), two)) {
            later.go(() -> {
                mayQueue.pass();
                later.go(() -> {});
                queued.open();
                end.pass();
            });
            Caller<?> pool = Caller.runs(() -> commands.remove().run());
            Caller<?> caller = Caller.runs(() -> group.go(() -> {
                group.go(() -> {
                    waiter.set(Thread.currentThread());
                    try (ErrGroup below = ErrGroup.open()) {
                        below.go(third::pass);
                        below.await();
                    }
                });
                group.go(third::open); // its end gives the slot to the task of the other group
                mayQueue.open();
                queued.pass();
            }));
            Threads.until(() -> queuesForItsSlot(waiter.get()));
            end.open();
            pool.result();
            caller.result();

            assertThat(commands).hasSize(1);

            commands.remove().run();
            group.await();
            later.await();
        }
    }

    /** Tasks that a thread nested in its wait for another: their ends leave what they start to a call below that wait. */
    @Test
    void N1_N7_what_is_granted_to_a_task_in_the_waiters_own_thread_is_launched_before_it_waits_on() throws Exception {
        TaskThreads inTheCaller = TaskThreads.on(Runnable::run);
        SharedLimit shared = new SharedLimit(1);
        Gate third = new Gate();
        AtomicInteger ran = new AtomicInteger();
        try (ErrGroup group = open(inTheCaller, shared)) {
            Caller<?> caller = Caller.runs(() -> {
                group.go(() -> {
                    group.go(() -> {
                        try (ErrGroup below = ErrGroup.open()) {
                            below.go(third::pass);
                            below.await();
                        }
                        ran.incrementAndGet();
                    });
                    group.go(third::open);
                    for (int i = 0; i < 9; i++) {
                        group.go(ran::incrementAndGet);
                    }
                });
                group.await();
            });
            boolean ends = caller.endsWell();
            group.cancel(); // lets a task that hangs go on without its slot
            assertThat(ends).as("the caller goes on").isTrue();
            assertThat(ran).hasValue(10);
        }
    }

    /** An interrupt cancels the group that the thread waits for, in that thread: it grants the slots of its tasks to others. */
    @Test
    void N1_N7_what_a_cancellation_grants_in_the_waiters_own_thread_is_launched_before_it_waits_on() throws Exception {
        TaskThreads inTheCaller = TaskThreads.on(Runnable::run);
        Queue<Runnable> neverRun = new ConcurrentLinkedQueue<>();
        SharedLimit three = new SharedLimit(3);
        Gate endThird = new Gate();
        Gate queueTwo = new Gate();
        Gate queued = new Gate();
        Gate firstRuns = new Gate();
        Gate secondRan = new Gate();
        try (ErrGroup group = open(inTheCaller, three);
                ErrGroup later = ErrGroup.open(o -> o.sharedLimit(three))) {
            later.go(() -> {
                queueTwo.pass();
                later.go(() -> {
                    firstRuns.open(); // in the slot that the waiter gave back
                    secondRan.pass();
                });
                later.go(secondRan::open); // in the slot of the task that is skipped
                queued.open();
                secondRan.pass();
            });
            later.go(endThird::pass);
            Caller<?> caller = Caller.runs(() -> group.go(() -> {
                group.go(
                        () -> { // launched by the end of the task around it
                            try (ErrGroup below = open(TaskThreads.on(neverRun::add), three)) {
                                endThird.open();
                                while (below.tryGo(() -> {}).isEmpty()) {
                                    Thread.onSpinWait();
                                }
                                queueTwo.open();
                                queued.pass();
                                below.await();
                            } catch (InterruptedException meant) {
                                assertThat(meant).hasMessageContaining("interrupted");
                            }
                        });
            }));
            firstRuns.pass();
            caller.interrupt();
            boolean ends = caller.endsWell();
            group.cancel(); // lets a task that hangs go on without its slot
            secondRan.open();
            assertThat(ends).as("the caller goes on").isTrue();
            group.await();
            later.await();
        }
    }
}
