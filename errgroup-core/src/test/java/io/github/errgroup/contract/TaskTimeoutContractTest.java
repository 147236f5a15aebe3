package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupClock;
import io.github.errgroup.Registration;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** A task's own deadline. */
class TaskTimeoutContractTest extends GroupContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final HandClock clock = new HandClock();

    private ErrGroup openTimed(ErrGroupOptions.Builder options) {
        return track(ErrGroup.open(options.taskTimeout(TIMEOUT).clock(clock).build()));
    }

    @Test
    void N10_past_it_that_task_alone_is_interrupted_and_FAILED_with_a_TimeoutException() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = openTimed(options().cancelOnError(false));
        Gate end = new Gate();
        AtomicReference<Throwable> own = new AtomicReference<>();
        Gate running = new Gate();
        Subtask<?> slow = group.go("slow", () -> {
            running.open();
            try {
                new Gate().pass();
            } catch (InterruptedException e) {
                own.set(e);
                throw e;
            }
        });
        running.pass();
        clock.advance(TIMEOUT.minusNanos(1));
        Subtask<?> other = running(group, end::pass);
        assertThat(slow.state()).isEqualTo(State.RUNNING);

        clock.advance(Duration.ofNanos(1));

        Threads.until(() -> slow.state().isEnded());
        assertThat(slow.state()).isEqualTo(State.FAILED);
        assertThat(slow.exception())
                .isInstanceOf(TimeoutException.class)
                .hasMessage("task 'slow' (#0) ran for longer than its taskTimeout of PT3S");
        assertThat(slow.exception().getSuppressed()).containsExactly(own.get());
        assertThat(other.state()).isEqualTo(State.RUNNING);
        end.open();
        assertThat(catchThrowable(group::await))
                .isInstanceOf(ErrGroupException.class)
                .hasCause(slow.exception())
                .extracting(e -> ((ErrGroupException) e).reason())
                .isEqualTo(CancelReason.FAILURE);
        assertThat(other.state()).isEqualTo(State.SUCCEEDED);
        assertThat(clock.pending()).isZero();
    }

    @Test
    void N10_it_is_a_failure_that_cancels_the_group() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = openTimed(options());
        Subtask<?> first = stuck(group);
        clock.advance(Duration.ofSeconds(1));
        Subtask<?> second = stuck(group);

        clock.advance(Duration.ofSeconds(2));

        assertThat(catchThrowable(group::await)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(first.state()).isEqualTo(State.FAILED);
        assertThat(second.state()).isEqualTo(State.CANCELLED);
        assertThat(group.context().reason()).isEqualTo(CancelReason.FAILURE);
        assertThat(clock.pending()).as("timers of a group that has ended").isZero();
    }

    @Test
    void N10_a_task_that_still_returns_a_value_has_SUCCEEDED() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options());
        Gate end = new Gate();
        Gate running = new Gate();
        Subtask<String> task = group.go(() -> {
            running.open();
            end.passIgnoringInterrupts();
            return "late";
        });
        running.pass();
        clock.advance(TIMEOUT);
        end.open();
        group.await();
        assertThat(task.get()).isEqualTo("late");
    }

    @Test
    void N10_it_keeps_its_slot_until_it_has_ended() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options().limit(1).cancelOnError(false));
        Gate end = new Gate();
        Subtask<?> task = running(group, () -> {
            end.passIgnoringInterrupts();
            throw new Broken("late");
        });
        clock.advance(TIMEOUT);
        assertThat(task.state()).isEqualTo(State.RUNNING);
        assertThat(group.tryGo(() -> "no")).isEmpty();
        end.open();
        untilLeft(group);
        assertThat(task.exception()).isInstanceOf(TimeoutException.class);
        assertThat(group.tryGo(() -> "yes")).isPresent();
    }

    @Test
    void N10_J1_the_interrupt_does_not_outlive_the_task() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options().limit(1).cancelOnError(false));
        Gate end = new Gate();
        running(group, end::passIgnoringInterrupts); // leaves the flag set
        clock.advance(TIMEOUT);
        end.open();
        untilLeft(group);
        Subtask<Boolean> next = group.go(() -> Thread.currentThread().isInterrupted());
        catchThrowable(group::await);
        if (next.state() == State.SUCCEEDED) {
            assertThat(next.get()).isFalse();
        }
    }

    @Test
    void N10_J2_a_task_that_goes_on_after_its_deadline_is_interrupted_again_when_the_group_is_cancelled()
            throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options());
        Gate survived = new Gate();
        Subtask<?> task = running(group, () -> {
            try {
                new Gate().pass();
            } catch (InterruptedException e) {
                survived.open();
            }
            new Gate().pass();
        });
        clock.advance(TIMEOUT);
        survived.pass();

        group.cancel();

        catchThrowable(group::await);
        assertThat(task.state()).isEqualTo(State.FAILED);
        assertThat(task.exception()).isInstanceOf(TimeoutException.class);
    }

    /** Both interrupts of the cancellation meet on one thread: taking the inner task's back must not take the other. */
    @Test
    void N10_J1_what_a_late_task_runs_in_its_own_thread_leaves_the_second_interrupt_there() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        ErrGroup group = openTimed(options());
        Gate running = new Gate();
        Gate late = new Gate();
        Gate inside = new Gate();
        Gate cancelled = new Gate();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Caller<?> caller = Caller.runs(() -> group.go(() -> {
            running.open();
            catchThrowable(() -> new Gate().pass()); // until the deadline
            late.passIgnoringInterrupts();
            assertThat(Thread.interrupted()).isFalse();
            group.go(() -> {
                inside.open();
                cancelled.passIgnoringInterrupts();
            });
            flag.set(Thread.currentThread().isInterrupted());
        }));
        running.pass();
        clock.advance(TIMEOUT);
        late.open();
        inside.pass();
        group.cancel();
        cancelled.open();
        caller.result();
        assertThat(flag).hasValue(true);
    }

    @Test
    void N10_J1_what_a_late_task_runs_in_its_own_thread_brings_the_first_interrupt_not_back() throws Exception {
        assumeThat(workplace).isEqualTo(Workplace.IN_THE_CALLER);
        ErrGroup group = openTimed(options().cancelOnError(false));
        Gate running = new Gate();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Caller<?> caller = Caller.runs(() -> group.go(() -> {
            running.open();
            catchThrowable(() -> new Gate().pass()); // until the deadline
            group.go(() -> {});
            flag.set(Thread.currentThread().isInterrupted());
        }));
        running.pass();
        clock.advance(TIMEOUT);
        caller.result();
        assertThat(flag).hasValue(false);
    }

    @Test
    void N10_J6_a_group_that_was_cancelled_first_has_CANCELLED_the_task() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options());
        Gate end = new Gate();
        Subtask<?> task = running(group, () -> {
            end.passIgnoringInterrupts();
            throw new CancellationException("the group's");
        });
        group.cancel();
        clock.advance(TIMEOUT);
        end.open();
        catchThrowable(group::await);
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void N10_N8_without_interrupt_its_hooks_run_and_it_sees_the_flag() throws Exception {
        needsTasksAtOnce(2);
        ErrGroup group = openTimed(options().interruptOnCancel(false).cancelOnError(false));
        Gate hookOfOther = new Gate();
        Gate end = new Gate();
        Subtask<?> other = running(group, () -> {
            group.context().addCancellationHook(hookOfOther::open);
            end.pass();
        });
        clock.advance(Duration.ofSeconds(1));
        Gate hook = new Gate();
        Gate registered = new Gate();
        Subtask<?> task = group.go(() -> {
            group.context().addCancellationHook(hook::open);
            registered.open();
            hook.pass();
            if (!group.context().isCancelled() || Thread.currentThread().isInterrupted()) {
                throw new AssertionError("the flag is not set, or it was interrupted");
            }
            group.context().throwIfCancelled();
        });
        registered.pass();
        end.open();
        Threads.until(() -> other.state().isEnded());

        clock.advance(Duration.ofSeconds(2));
        assertThat(hook.isOpen()).isFalse();
        clock.advance(Duration.ofSeconds(1));

        assertThat(catchThrowable(group::await)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(task.exception().getSuppressed()[0]).isInstanceOf(CancellationException.class);
        assertThat(hookOfOther.isOpen()).isFalse();
        assertThat(group.context().isCancelled()).isFalse();
    }

    @Test
    void N10_a_hook_registered_past_it_runs_at_once() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options().interruptOnCancel(false));
        Gate late = new Gate();
        Gate hook = new Gate();
        Subtask<Boolean> task = group.go(() -> {
            late.pass();
            group.context().addCancellationHook(hook::open);
            return hook.isOpen();
        });
        Threads.until(() -> clock.pending() == 1);
        clock.advance(TIMEOUT);
        late.open();
        group.await();
        assertThat(task.get()).isTrue();
    }

    @Test
    void N10_J7_an_Error_remains_what_it_is() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options());
        Gate end = new Gate();
        AssertionError error = new AssertionError("late");
        running(group, () -> {
            end.passIgnoringInterrupts();
            throw error;
        });
        clock.advance(TIMEOUT);
        end.open();
        assertThat(catchThrowable(group::await)).isSameAs(error);
    }

    @Test
    void N10_counts_from_the_start_and_leaves_no_timer() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openTimed(options().limit(1).cancelOnError(false));
        Gate first = new Gate();
        running(group, first::pass);
        Gate runs = new Gate();
        Gate second = new Gate();
        Caller<Subtask<String>> caller = Caller.calls(() -> group.go(() -> {
                    runs.open();
                    second.pass();
                    return "in time";
                }))
                .blockedIn("go");
        clock.advance(TIMEOUT.minusNanos(1));
        first.open();
        Subtask<String> task = caller.result();
        runs.pass();
        clock.advance(TIMEOUT.minusNanos(1));
        second.open();
        group.await();
        assertThat(task.get()).isEqualTo("in time");
        assertThat(clock.pending()).isZero();
    }

    @Test
    void N10_all_tasks_share_one_timer_which_rests_when_none_runs() throws Exception {
        needsTasksAtOnce(3);
        ErrGroup group = openTimed(options());
        Gate end = new Gate();
        running(group, end::pass);
        running(group, end::pass);
        assertThat(clock.pending()).isOne();
        end.open();
        untilLeft(group);

        clock.advance(TIMEOUT);
        assertThat(clock.pending()).isZero();

        Subtask<?> later = stuck(group);
        assertThat(clock.pending()).isOne();
        clock.advance(TIMEOUT);
        Threads.until(() -> later.state().isEnded());
        assertThat(later.exception()).isInstanceOf(TimeoutException.class);
    }

    @Test
    void N10_each_of_many_tasks_ends_in_its_own_time() throws Exception {
        needsTasksAtOnce(3);
        ErrGroup group = openTimed(options().cancelOnError(false));
        List<Subtask<?>> tasks = new ArrayList<>();
        for (int started = 0; started < 3; started++) {
            tasks.add(stuck(group));
            clock.advance(Duration.ofMillis(1));
        }
        clock.advance(TIMEOUT.minusMillis(3));
        for (int over = 1; over <= 3; over++) {
            Subtask<?> last = tasks.get(over - 1);
            Threads.until(() -> last.state().isEnded());
            assertThat(tasks.subList(over, 3)).allMatch(task -> task.state() == State.RUNNING);
            clock.advance(Duration.ofMillis(1));
        }
    }

    /** It is 100 ns for each task that runs. */
    @Test
    void N10_looks_at_many_tasks_lie_apart() throws Exception {
        needsTasksAtOnce(3);
        ErrGroup group = openTimed(options().cancelOnError(false));
        stuck(group);
        stuck(group);
        clock.advance(Duration.ofNanos(1));
        Subtask<?> last = stuck(group);
        clock.advance(TIMEOUT.minusNanos(1)); // the first two are over, and it has a nanosecond left
        clock.advance(Duration.ofNanos(299));
        assertThat(last.state()).isEqualTo(State.RUNNING);
        assertThat(clock.pending()).isOne();

        clock.advance(Duration.ofNanos(1));

        Threads.until(() -> last.state().isEnded());
        assertThat(last.exception()).isInstanceOf(TimeoutException.class);
    }

    @Test
    void N10_J10_a_timer_that_rings_while_its_clock_takes_it_back_holds_up_nobody() throws Exception {
        Gate rang = new Gate();
        ErrGroup group = openTimed(options(), (delay, action) -> () -> {
            Thread rings = new Thread(action, "rings");
            rings.setDaemon(true);
            rings.start();
            Threads.until(() -> !rings.isAlive()); // as a clock does that calls its actions under a lock of its own
            rang.open();
        });
        Subtask<String> task = group.go(() -> "value");
        group.await();
        group.close();
        assertThat(task.get()).isEqualTo("value");
        assertThat(rang.isOpen()).isTrue();
    }

    @Test
    void N10_J7_a_clock_that_cannot_take_a_timer_back_is_logged_and_hides_nothing() throws Exception {
        try (LogTap log = new LogTap()) {
            ErrGroup group = openTimed(options(), (delay, action) -> () -> {
                throw new IllegalStateException("the clock's");
            });
            Subtask<String> task = group.go(() -> "value");
            group.await();
            group.close();
            assertThat(task.get()).isEqualTo("value");
            assertThat(log.has("could not take back a timer", "the clock's")).isTrue();
        }
    }

    private ErrGroup openTimed(ErrGroupOptions.Builder options, BiFunction<Duration, Runnable, Registration> schedule) {
        return track(ErrGroup.open(options.taskTimeout(TIMEOUT)
                .clock(new GroupClock() {
                    @Override
                    public long nanoTime() {
                        return clock.nanoTime();
                    }

                    @Override
                    public Registration schedule(Duration delay, Runnable action) {
                        return schedule.apply(delay, action);
                    }
                })
                .build()));
    }

    @Test
    void N10_must_be_above_zero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().taskTimeout(Duration.ZERO))
                .withMessageStartingWith("taskTimeout PT0S: must be above zero");
    }
}
