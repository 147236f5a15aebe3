package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupListener;
import io.github.errgroup.LimitExceededException;
import io.github.errgroup.SharedLimit;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An executor of groups: each task is a group of one. */
class ExecutorContractTest extends GroupContract {
    private static final Duration MOMENT = Duration.ofSeconds(3);

    private final HandClock clock = new HandClock();

    private final Recorder events = new Recorder();

    private final SharedLimit shared = new SharedLimit(1);

    private final Queue<ErrGroup> seen = new ConcurrentLinkedQueue<>();

    private ErrGroups groups;

    private Executor executor(ErrGroupOptions.Builder options) {
        groups = ErrGroups.of(options.clock(clock)
                .listener(group -> {
                    seen.add(track(group));
                    return null;
                })
                .listener(events)
                .build());
        return groups.executor("tools");
    }

    @AfterEach
    void N16_no_group_is_left_over() {
        if (groups != null) {
            Threads.until(() -> groups.live().isEmpty());
        }
    }

    /** A task that has started, and runs until the gate opens. */
    private static void runs(Executor executor, Gate end) throws InterruptedException {
        Gate running = new Gate();
        executor.execute(() -> {
            running.open();
            end.passIgnoringInterrupts();
        });
        running.pass();
    }

    /** Has what the calling task throws noted, with what the listeners had heard of by then. */
    private void noteWhatIsUncaught(List<Throwable> uncaught, List<String> heard) {
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler((where, thrown) -> {
            where.setUncaughtExceptionHandler(before);
            heard.addAll(events.events());
            uncaught.add(thrown);
        });
    }

    @Test
    void N16_each_task_is_a_group_of_one_that_ends_with_it() throws Exception {
        Executor executor = executor(options().limit(0).timeout(MOMENT));
        AtomicReference<Integer> timers = new AtomicReference<>();
        Gate ran = new Gate();

        executor.execute(() -> {
            timers.set(clock.pending());
            ran.open();
        });

        ran.pass();
        Threads.until(() -> events.countOf("ended") == 1);
        assertThat(events.events()).containsExactly("open", "start task-0", "end task-0 SUCCEEDED", "ended SUCCEEDED");
        assertThat(seen)
                .singleElement()
                .satisfies(group -> assertThat(group.name()).isEqualTo("tools"));
        assertThat(timers).as("deadlines of the group").hasValue(0);
    }

    @Test
    void N16_the_shared_limit_holds_up_the_caller() throws Exception {
        needsTasksAtOnce(1);
        Executor executor = executor(options().sharedLimit(shared));
        Gate end = new Gate();
        Gate ran = new Gate();
        runs(executor, end);

        Caller<?> caller = Caller.runs(() -> groups.executor("tools").execute(ran::open));
        Threads.untilParked(caller.thread());
        assertThat(ran.isOpen()).isFalse();
        end.open();

        caller.result();
        ran.pass();
    }

    @Test
    void N16_N2_what_waited_for_its_turn_and_is_rejected_then_is_told_and_a_future_cancelled() {
        AtomicInteger commands = new AtomicInteger();
        Executor executor =
                executor(ErrGroupOptions.builder().sharedLimit(shared).executor(command -> {
                    if (commands.getAndIncrement() > 0) {
                        throw new RejectedExecutionException("all but the first");
                    }
                    new Thread(command).start();
                }));
        FutureTask<String> queued = new FutureTask<>(() -> "never");

        executor.execute(() -> executor.execute(queued));

        Threads.until(queued::isDone);
        assertThat(queued).isCancelled();
        Threads.until(() -> log().has("never started", "all but the first"));
    }

    @Test
    void N16_past_limitWait_it_rejects() throws Exception {
        needsTasksAtOnce(1);
        Executor executor = executor(options().sharedLimit(shared).limitWait(MOMENT));
        Gate end = new Gate();
        runs(executor, end);

        Caller<?> caller = Caller.runs(() -> executor.execute(() -> {}));
        Threads.untilParked(caller.thread());
        clock.advance(MOMENT);

        assertThat(caller.failure())
                .isInstanceOf(LimitExceededException.class)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContainingAll("group 'tools'", "PT3S", "shared limit of 1 task");
        assertThat(events.countOf("rejected")).isOne();
        end.open();
    }

    @Test
    void N16_an_interrupted_caller_keeps_its_flag_and_is_told() throws Exception {
        needsTasksAtOnce(1);
        Executor executor = executor(options().sharedLimit(shared));
        Gate end = new Gate();
        runs(executor, end);

        Caller<?> caller = Caller.runs(() -> executor.execute(() -> {}));
        Threads.untilParked(caller.thread());
        caller.interrupt();

        assertThat(caller.failure())
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContainingAll("executor 'tools' did not start the task", "was interrupted");
        assertThat(caller.flagAfterwards()).isTrue();
        end.open();
    }

    @Test
    void N16_from_inside_it_queues() throws Exception {
        needsTasksAtOnce(1);
        Executor executor = executor(options().sharedLimit(shared).limitWait(Duration.ZERO));
        Gate submitted = new Gate();
        AtomicReference<Boolean> after = new AtomicReference<>();
        Gate ran = new Gate();

        executor.execute(() -> {
            executor.execute(() -> {
                after.set(submitted.isOpen());
                ran.open();
            });
            submitted.open();
        });

        ran.pass();
        assertThat(after).as("ran once the slot was free").hasValue(true);
    }

    @Test
    void N16_from_inside_a_group_below_it_queues_too() throws Exception {
        needsTasksAtOnce(1);
        assumeThat(workplace.hasOwnThreads()).isTrue();
        Executor executor = executor(options().sharedLimit(shared).limitWait(Duration.ZERO));
        Gate submitted = new Gate();
        Gate ran = new Gate();
        ErrGroupOptions unlimited = options().build();

        executor.execute(() -> {
            try (ErrGroup below = ErrGroup.open(unlimited)) {
                below.go(() -> {
                    executor.execute(ran::open);
                    submitted.open();
                });
                submitted.passIgnoringInterrupts(); // which, unlike a wait for the group, gives no slot back
                below.awaitUnchecked();
            }
        });

        ran.pass();
    }

    @Test
    void N16_a_failure_is_counted_and_then_goes_to_the_uncaught_exception_handler() throws Exception {
        Executor executor = executor(options());
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        List<String> heard = new CopyOnWriteArrayList<>();
        IllegalStateException thrown = new IllegalStateException("mine");

        executor.execute(() -> {
            noteWhatIsUncaught(uncaught, heard);
            throw thrown;
        });

        Threads.until(() -> !uncaught.isEmpty());
        assertThat(uncaught).containsExactly(thrown);
        assertThat(heard).contains("end task-0 FAILED");
        Threads.until(() -> events.countOf("ended") == 1);
        assertThat(events.countOf("cancel")).isZero();
    }

    @Test
    void N16_a_task_past_its_taskTimeout_is_interrupted() throws Exception {
        needsTasksAtOnce(1);
        Executor executor = executor(options().taskTimeout(MOMENT));
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Gate running = new Gate();

        executor.execute(() -> {
            noteWhatIsUncaught(uncaught, new CopyOnWriteArrayList<>());
            running.open();
            try {
                new Gate().pass();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        running.pass();
        clock.advance(MOMENT);

        Threads.until(() -> !uncaught.isEmpty());
        assertThat(uncaught.get(0)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void N16_its_tasks_do_not_cancel_each_other() throws Exception {
        needsTasksAtOnce(2);
        Executor executor = executor(options());
        Gate end = new Gate();
        runs(executor, end);
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        executor.execute(() -> {
            noteWhatIsUncaught(uncaught, new CopyOnWriteArrayList<>());
            throw new AssertionError("mine");
        });
        Threads.until(() -> uncaught.size() == 1);

        assertThat(groups.live())
                .extracting(group -> group.context().isCancelled())
                .doesNotContain(true);
        end.open();
    }

    @Test
    void N16_a_task_outlives_the_group_in_whose_task_it_was_submitted() throws Exception {
        needsTasksAtOnce(2);
        assumeThat(workplace.hasOwnThreads()).isTrue();
        Executor executor = executor(options());
        Gate end = new Gate();
        ErrGroup outer = open();

        outer.go(() -> {
            runs(executor, end);
            throw new IllegalStateException("mine");
        });

        assertThatExceptionOfType(RuntimeException.class).isThrownBy(outer::await);
        assertThat(groups.live()).singleElement().satisfies(group -> {
            assertThat(group.context().isCancelled()).isFalse();
            assertThat(FrameworkAccess.parentOf(group)).isNull();
        });
        end.open();
    }

    @Test
    void N16_the_callers_context_is_carried() throws Exception {
        ThreadLocal<String> tenant = new ThreadLocal<>();
        ContextPropagator propagator = () -> {
            String captured = tenant.get();
            return () -> {
                String before = tenant.get();
                tenant.set(captured);
                return () -> tenant.set(before);
            };
        };
        Executor executor = executor(options().contextPropagator(propagator));
        AtomicReference<String> found = new AtomicReference<>();
        Gate ran = new Gate();

        tenant.set("acme");
        executor.execute(() -> {
            found.set(tenant.get());
            ran.open();
        });

        ran.pass();
        assertThat(found).hasValue("acme");
    }

    @Test
    void N16_after_the_shutdown_it_rejects_and_runs_nothing() {
        Executor executor = executor(options().listener(stopping()));
        Gate ran = new Gate();

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> executor.execute(ran::open))
                .withMessage(
                        "executor 'tools' did not start the task: group 'tools' was cancelled: the application shuts"
                                + " down");
        assertThat(ran.isOpen()).isFalse();
        assertThat(events.countOf("skipped")).isOne();
    }

    /** What the starter does once it has stopped. */
    private static GroupListener.Factory stopping() {
        return group -> new GroupListener() {
            @Override
            public void onOpen() {
                FrameworkAccess.cancelForShutdown(group);
            }
        };
    }

    @Test
    void N16_what_was_queued_at_the_shutdown_is_told_of_and_a_future_is_cancelled() throws Exception {
        needsTasksAtOnce(1);
        Executor executor = executor(options().sharedLimit(shared));
        Gate end = new Gate();
        FutureTask<String> queued = new FutureTask<>(() -> "never");
        Gate submitted = new Gate();
        executor.execute(() -> {
            executor.execute(queued);
            submitted.open();
            end.passIgnoringInterrupts();
        });
        submitted.pass();

        List<ErrGroup> open = groups.live();
        assertThat(open).hasSize(2);
        open.forEach(FrameworkAccess::cancelForShutdown);

        Threads.until(queued::isDone);
        assertThat(queued.isCancelled()).isTrue();
        assertThat(log().has("a task of an executor never started")).isTrue();
        end.open();
    }

    @Test
    void N16_a_hook_that_still_runs_delays_the_end_of_the_group_and_nobody_else() throws Exception {
        needsTasksAtOnce(1);
        Executor executor = executor(options());
        Gate hook = new Gate();
        Gate hookRuns = new Gate();
        Gate end = new Gate();
        runs(executor, end);
        ErrGroup group = seen.element();
        group.context().addCancellationHook(() -> {
            hookRuns.open();
            hook.passIgnoringInterrupts();
        });
        Caller<?> canceller = Caller.runs(() -> FrameworkAccess.cancelForShutdown(group));
        hookRuns.pass();
        end.open();
        Threads.until(() -> group.snapshot().pending() == 0);
        assertThat(events.countOf("ended")).isZero();

        hook.open();

        canceller.result();
        Threads.until(() -> events.countOf("ended") == 1);
    }

    @Test
    void N16_what_an_executor_of_the_names_own_rejects_is_thrown() {
        assumeThat(workplace).isEqualTo(Workplace.POOL_OF_ONE);
        Executor executor = executor(options());
        site().pool().shutdown();

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> executor.execute(() -> {}))
                .withMessageContaining("was rejected by its executor");
    }

    @Test
    void N16_a_failed_CompletableFuture_keeps_its_failure() {
        Executor executor = executor(options());

        CompletableFuture<String> answer = CompletableFuture.supplyAsync(
                () -> {
                    throw new IllegalStateException("mine");
                },
                executor);

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(answer::join)
                .withCauseInstanceOf(IllegalStateException.class);
        Threads.until(() -> events.countOf("ended") == 1);
        assertThat(events.count("end task-0 SUCCEEDED")).isOne();
    }

    @Test
    void N16_a_blank_name_is_refused_at_once() {
        executor(options());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> groups.executor(" "))
                .withMessage("name ' ': must not be blank");
    }
}
