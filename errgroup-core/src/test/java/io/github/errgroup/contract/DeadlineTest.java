package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupClock;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** J12: deadlines, by a clock that is moved by hand and once by the real one. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeadlineTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HandClock clock = new HandClock();

    private ErrGroup open() {
        return ErrGroup.open(o -> o.timeout(TIMEOUT).clock(clock));
    }

    @Test
    void J12_a_deadline_fires_with_nobody_waiting() throws Exception {
        Gate running = new Gate();
        Gate interrupted = new Gate();
        try (ErrGroup group = ErrGroup.open(o -> {})) {
            group.go(() -> {
                try {
                    running.open();
                    new Gate().pass();
                } catch (InterruptedException e) {
                    interrupted.open();
                    throw e;
                }
            });
            running.pass();
            group.setTimeout(Duration.ofMillis(20));
            interrupted.pass();
            assertThat(group.context().reason()).isEqualTo(CancelReason.TIMEOUT);
            assertThat(group.context().cause()).isInstanceOf(TimeoutException.class);
            assertThat(catchThrowable(group::await)).hasCause(group.context().cause());
        }
    }

    @Test
    void J5_a_deadline_that_nobody_awaited_is_thrown_by_close() throws Exception {
        ErrGroup group = open();
        GroupContract.stuck(group);
        clock.advance(TIMEOUT);
        Threads.until(() -> group.context().isCancelled());
        assertThat(catchThrowable(group::close)).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void J12_cancels_at_the_deadline_and_not_before() throws Exception {
        try (ErrGroup group = open()) {
            Subtask<?> task = GroupContract.stuck(group);
            clock.advance(TIMEOUT.minusNanos(1));
            assertThat(group.context().isCancelled()).isFalse();
            assertThat(group.context().remaining()).hasValue(Duration.ofNanos(1));

            clock.advance(Duration.ofNanos(1));

            assertThat(catchThrowable(group::await))
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining(TIMEOUT.toString());
            assertThat(task.state()).isEqualTo(State.CANCELLED);
            assertThat(group.context().remaining()).hasValue(Duration.ZERO);
        }
    }

    @Test
    void J12_what_ends_in_time_leaves_no_timer_behind() throws Exception {
        try (ErrGroup group = open()) {
            group.go(() -> "x");
            group.await();
        }
        assertThat(clock.pending()).isZero();
    }

    @Test
    void J12_a_first_deadline_set_after_the_end_sets_no_timer() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.clock(clock))) {
            group.await();
            group.setTimeout(TIMEOUT);
            assertThat(clock.pending()).isZero();
        }
    }

    @Test
    void J7_J12_what_waits_for_a_slot_is_unfinished_and_named_too() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).timeout(TIMEOUT).clock(clock))) {
            Gate queued = new Gate();
            group.go("one", () -> {
                group.go("two", () -> {});
                group.go("three", () -> {});
                queued.open();
                new Gate().pass();
            });
            queued.pass();
            clock.advance(TIMEOUT);
            assertThat(catchThrowable(group::await).getCause())
                    .hasMessageEndingWith("with 3 unfinished tasks: 'one' (#0), 'two' (#1), 'three' (#2)");
        }
    }

    @Test
    void J7_J12_one_unfinished_task_is_one_task() throws Exception {
        try (ErrGroup group = open()) {
            GroupContract.stuck(group);
            clock.advance(TIMEOUT);
            assertThat(catchThrowable(group::await))
                    .hasMessage("group 'group' passed its deadline of PT2S with 1 unfinished task: 'task-0' (#0);"
                            + " 1 task cancelled, 0 skipped");
        }
    }

    /** Interleaving: tasks end while the message is written. As many are counted as are named. */
    @Test
    void J7_J12_the_unfinished_tasks_are_counted_and_named_at_one_moment() throws Exception {
        for (int round = 0; round < 300; round++) {
            HandClock hands = new HandClock();
            Gate end = new Gate();
            Gate running = new Gate(6);
            try (ErrGroup group = ErrGroup.open(o -> o.timeout(TIMEOUT).clock(hands))) {
                for (int i = 0; i < 6; i++) {
                    group.go(() -> {
                        running.open();
                        end.passIgnoringInterrupts();
                    });
                }
                running.pass();
                Caller<?> ends = Caller.runs(end::open);
                hands.advance(TIMEOUT);
                ends.result();
                group.await(); // every task succeeded
                Throwable cause = Objects.requireNonNull(group.context().cause());
                if (cause instanceof TimeoutException) {
                    String message = String.valueOf(cause.getMessage());
                    long named =
                            Pattern.compile("'task-").matcher(message).results().count();
                    assertThat(message)
                            .contains("with " + named + (named == 1 ? " unfinished task" : " unfinished tasks"));
                }
            }
        }
    }

    @Test
    void J7_J12_up_to_ten_unfinished_tasks_are_named_and_of_more_that_there_are() throws Exception {
        for (int tasks : new int[] {1, 10, 11, 12}) {
            try (ErrGroup group = open()) {
                for (int i = 0; i < tasks; i++) {
                    GroupContract.stuck(group);
                }
                clock.advance(TIMEOUT);
                catchThrowable(group::await);

                Throwable cause = Objects.requireNonNull(group.context().cause());
                String text = Objects.requireNonNull(cause.getMessage());
                assertThat(text).contains(" " + tasks + (tasks == 1 ? " unfinished task: " : " unfinished tasks: "));
                assertThat(text.endsWith(", ...")).as(text).isEqualTo(tasks > 10);
                Pattern name = Pattern.compile("'task-(\\d+)' \\(#\\1\\)");
                assertThat(name.matcher(text).results().map(MatchResult::group).distinct())
                        .hasSize(Math.min(tasks, 10));
                assertThat(text.split(", ")).hasSize(Math.min(tasks, 11));
            }
        }
    }

    @Test
    void J12_a_deadline_set_after_the_end_by_another_thread_sets_no_timer() throws Exception {
        try (ErrGroup group = open()) {
            group.go(() -> "x");
            group.await();
            Caller.runs(() -> group.setTimeout(TIMEOUT)).result();
            assertThat(clock.pending()).isZero();
        }
    }

    @Test
    void J12_a_group_without_a_deadline_sets_no_timer() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.clock(clock))) {
            assertThat(group.context().remaining()).isEmpty();
            group.go(() -> "x");
            assertThat(clock.pending()).isZero();
            group.await();
        }
    }

    /** The clock's thread is this one: were a hook run in it, {@code advance} would not return. */
    @Test
    void J12_the_timer_runs_no_user_code_hooks_run_on_a_thread_of_their_own() throws Exception {
        try (ErrGroup group = open()) {
            Gate end = new Gate();
            AtomicReference<@Nullable Thread> by = new AtomicReference<>();
            group.context().addCancellationHook(() -> {
                by.set(Thread.currentThread());
                end.passIgnoringInterrupts();
            });
            GroupContract.stuck(group);

            clock.advance(TIMEOUT);
            Threads.until(() -> by.get() != null);
            assertThat(by.get()).isNotSameAs(Thread.currentThread());

            Caller<?> waiting = Caller.runs(group::await).blockedIn("await");
            end.open();
            assertThat(waiting.failure()).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    /** Nor does it interrupt threads, since {@code Thread.interrupt} may be overridden and block. */
    @Test
    void J12_the_timer_is_not_held_up_by_an_interrupt_that_blocks() throws Exception {
        Gate leave = new Gate();
        Gate entered = new Gate();
        try (ErrGroup group =
                ErrGroup.open(o -> o.timeout(TIMEOUT).clock(clock).threadFactory(command -> new Thread(command) {
                    @Override
                    public void interrupt() {
                        entered.open();
                        leave.passIgnoringInterrupts();
                    }
                }))) {
            GroupContract.running(group, leave::pass);
            Caller<?> timer = Caller.runs(() -> clock.advance(TIMEOUT));
            timer.result();
            entered.pass();
            leave.open();
            catchThrowable(group::await);
        }
    }

    @Test
    void J12_a_deadline_after_the_end_changes_nothing() throws Exception {
        try (ErrGroup group = open()) {
            group.go(() -> "x");
            group.await();
            clock.advance(TIMEOUT);
            assertThat(group.context().reason()).isNull();
            group.await();
        }
    }

    @Test
    void J12_the_deadline_can_be_moved() {
        try (ErrGroup group = open()) {
            group.setTimeout(Duration.ofSeconds(5));
            assertThat(clock.pending()).as("timers").isOne();
            clock.advance(TIMEOUT);
            assertThat(group.context().isCancelled()).isFalse();
            assertThat(group.context().remaining()).hasValue(Duration.ofSeconds(3));

            group.setTimeout(null);
            assertThat(clock.pending()).as("timers").isZero();
            clock.advance(Duration.ofSeconds(10));
            assertThat(group.context().isCancelled()).isFalse();
            assertThat(group.context().remaining()).isEmpty();

            group.setTimeout(Duration.ofSeconds(1)); // passed already
            Threads.until(() -> group.context().isCancelled());
            assertThat(group.context().reason()).isEqualTo(CancelReason.TIMEOUT);
            assertThatIllegalArgumentException().isThrownBy(() -> group.setTimeout(Duration.ZERO));
        }
    }

    @Test
    void J12_deadlines_fire_in_a_group_that_does_not_cancel_on_errors_too() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.timeout(TIMEOUT).clock(clock).cancelOnError(false))) {
            GroupContract.stuck(group);
            clock.advance(TIMEOUT);
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    /** Threads of tests that run before may still be about, so only threads made here are looked at. */
    @Test
    void J12_the_shared_timer_is_one_daemon_thread_for_all_groups() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        List<ErrGroup> groups = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            groups.add(ErrGroup.open(o -> o.timeout(Duration.ofHours(1))));
        }
        List<Thread> timers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(thread -> thread.getName().contains("errgroup"))
                .toList();
        assertThat(timers).hasSizeLessThanOrEqualTo(1).allMatch(Thread::isDaemon);
        groups.forEach(ErrGroup::close);
    }

    @Test
    void J12_the_clock_of_the_system_is_nanoTime() {
        long before = System.nanoTime();
        long now = GroupClock.system().nanoTime();
        assertThat(now - before).isBetween(0L, System.nanoTime() - before);
    }

    @Test
    void J12_J14_what_is_taken_back_from_the_shared_timer_is_forgotten() {
        LeakContractTest.untilCollected(List.of(takenBack()));
    }

    /** In a method of its own, so that no local variable keeps what it should not. */
    private static WeakReference<?> takenBack() {
        Object kept = new Object();
        Runnable action = kept::hashCode;
        GroupClock.system().schedule(Duration.ofHours(1), action).close();
        return new WeakReference<>(action);
    }

    @Test
    void J12_many_deadlines_at_once_all_fire() {
        List<ErrGroup> groups = new ArrayList<>();
        AtomicInteger hooks = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            Duration timeout = Duration.ofMillis(30 - i);
            ErrGroup group = ErrGroup.open(o -> o.timeout(timeout));
            group.context().addCancellationHook(hooks::incrementAndGet);
            groups.add(group);
        }
        Threads.until(() -> hooks.get() == 20);
        assertThat(groups).allMatch(group -> group.context().reason() == CancelReason.TIMEOUT);
        groups.forEach(ErrGroup::close);
    }
}
