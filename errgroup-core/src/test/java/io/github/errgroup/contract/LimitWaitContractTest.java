package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.LimitExceededException;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** How long {@code go} may wait for a slot. */
class LimitWaitContractTest extends GroupContract {
    private static final Duration WAIT = Duration.ofSeconds(3);

    private final HandClock clock = new HandClock();

    private final Recorder events = new Recorder();

    private ErrGroup openWith(ErrGroupOptions.Builder limits) {
        return track(ErrGroup.open(
                limits.limitWait(WAIT).clock(clock).listener(events).build()));
    }

    @Test
    void N13_past_it_the_task_ends_as_rejected_with_group_limit_and_wait() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openWith(options().name("quote").limit(1).cancelOnError(false));
        Gate end = new Gate();
        Subtask<?> first = running(group, end::pass);
        Caller<Subtask<String>> caller =
                Caller.calls(() -> group.go("late", () -> "never")).blockedIn("go");

        clock.advance(WAIT.minusNanos(1));
        assertThat(caller.isDone()).isFalse();
        clock.advance(Duration.ofNanos(1));

        Subtask<String> late = caller.result();
        assertThat(late.state()).isEqualTo(State.FAILED);
        assertThat(late.exception())
                .isInstanceOf(LimitExceededException.class)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("group 'quote': task 'late' (#1) waited PT3S for a slot, the most it may (limitWait):"
                        + " the group's limit of 1 task was reached");
        LimitExceededException exceeded = (LimitExceededException) late.exception();
        assertThat(exceeded.group()).isEqualTo("quote");
        assertThat(exceeded.limit()).isOne();
        assertThat(exceeded.limitWait()).isEqualTo(WAIT);
        assertThat(caller.flagAfterwards()).isFalse();
        assertThat(first.state()).isEqualTo(State.RUNNING);
        assertThat(events.count("rejected late")).isOne();
        assertThat(events.countOf("waited")).isOne();
        assertThat(group.snapshot().blockedCallers()).isZero();
        end.open();
        assertThat(catchThrowable(group::await)).hasCause(exceeded);
        assertThat(group.snapshot().failed()).isOne();
        assertThat(group.tryGo(() -> "a slot is free")).as("the slot").isPresent();
    }

    @Test
    void N13_it_is_a_failure_that_cancels_the_group() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openWith(options().limit(1));
        Subtask<?> first = stuck(group);
        Caller<Subtask<?>> caller =
                Caller.<Subtask<?>>calls(() -> group.go(() -> "never")).blockedIn("go");
        clock.advance(WAIT);

        assertThat(caller.result().state()).isEqualTo(State.FAILED);
        assertThat(catchThrowable(group::await)).hasCauseInstanceOf(LimitExceededException.class);
        assertThat(first.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void N13_a_slot_in_time_starts_the_task_and_leaves_no_timer() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openWith(options().limit(1));
        Gate end = new Gate();
        running(group, end::pass);
        Caller<Subtask<String>> caller =
                Caller.calls(() -> group.go(() -> "in time")).blockedIn("go");
        assertThat(clock.pending()).isOne();
        end.open();

        Subtask<String> task = caller.result();
        assertThat(clock.pending()).isZero();
        group.await();
        assertThat(task.get()).isEqualTo("in time");
    }

    @Test
    void N13_zero_is_not_at_all() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1).limitWait(Duration.ZERO).cancelOnError(false));
        Gate end = new Gate();
        running(group, end::pass);

        Subtask<String> refused = group.go(() -> "never");

        assertThat(refused.state()).isEqualTo(State.FAILED);
        assertThat(refused.exception())
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("was not to wait");
        end.open();
        untilLeft(group);
        assertThat(group.go(() -> "now").state()).isNotEqualTo(State.SKIPPED);
        assertThat(catchThrowable(group::await)).hasCause(refused.exception());
    }

    @Test
    void N13_zero_and_a_shared_limit() throws Exception {
        needsTasksAtOnce(1);
        SharedLimit shared = new SharedLimit(1);
        ErrGroup holder = open(o -> o.sharedLimit(shared));
        Gate end = new Gate();
        running(holder, end::pass);
        ErrGroup group =
                open(o -> o.sharedLimit(shared).limitWait(Duration.ZERO).cancelOnError(false));

        Subtask<String> refused = group.go(() -> "never");

        assertThat(refused.exception())
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("shared limit of 1 task");
        end.open();
        holder.await();
        catchThrowable(group::await);
        assertThat(shared.limit()).isOne();
        assertThat(open(o -> o.sharedLimit(shared)).tryGo(() -> "x")).isPresent();
    }

    @Test
    void N13_bounds_the_wait_for_a_shared_slot_too() throws Exception {
        needsTasksAtOnce(1);
        SharedLimit shared = new SharedLimit(1);
        ErrGroup holder = open(o -> o.sharedLimit(shared));
        Gate end = new Gate();
        running(holder, end::pass);
        ErrGroup group = openWith(options().sharedLimit(shared).cancelOnError(false));
        Caller<Subtask<String>> caller =
                Caller.calls(() -> group.go("late", () -> "never")).blockedIn("go");

        clock.advance(WAIT);

        assertThat(caller.result().exception())
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("waited PT3S")
                .hasMessageContaining("the shared limit of 1 task");
        assertThat(events.count("rejected late")).isOne();
        end.open();
        holder.await();
        assertThat(catchThrowable(group::await)).hasCauseInstanceOf(LimitExceededException.class);
        assertThat(open(o -> o.sharedLimit(shared)).tryGo(() -> "x"))
                .as("the slot")
                .isPresent();
    }

    @Test
    void N13_the_wait_for_both_slots_counts_together() throws Exception {
        needsTasksAtOnce(2);
        SharedLimit shared = new SharedLimit(1);
        ErrGroup group = openWith(options().sharedLimit(shared).limit(1).cancelOnError(false));
        Gate end = new Gate();
        running(group, end::pass);
        Caller<Subtask<String>> caller =
                Caller.calls(() -> group.go("late", () -> "never")).blockedIn("go");
        clock.advance(Duration.ofSeconds(2));
        shared.setLimit(0); // then it has the group's slot, and waits for the shared one
        end.open();
        Threads.until(() -> group.snapshot().blockedCallers() == 0);
        caller.blockedIn("go");
        assertThat(clock.pending()).isOne();

        clock.advance(Duration.ofSeconds(1));

        assertThat(caller.result().exception())
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("the shared limit of 0 tasks");
        assertThat(clock.pending()).isZero();
    }

    @Test
    void N13_N4_cancelled_first_it_is_SKIPPED() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = openWith(options().limit(1));
        stuck(group);
        Caller<Subtask<String>> caller =
                Caller.calls(() -> group.go(() -> "never")).blockedIn("go");
        group.cancel();
        assertThat(caller.result().state()).isEqualTo(State.SKIPPED);
        assertThat(clock.pending()).isZero();
    }

    @Test
    void N13_N1_what_a_task_of_the_group_submits_waits_for_as_long_as_it_takes() throws Exception {
        ErrGroup group = open(o -> o.limit(1).limitWait(Duration.ZERO));
        Subtask<Subtask<String>> outer = group.go(() -> group.go(() -> "queued"));
        if (workplace != Workplace.REJECTS_EVERY_THIRD) {
            group.await();
            assertThat(outer.get().get()).isEqualTo("queued");
        }
    }

    @Test
    void N13_forEach_goes_on_after_a_rejection_in_a_group_that_does_not_cancel_on_error() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1).limitWait(Duration.ZERO).cancelOnError(false));
        Gate end = new Gate();
        running(group, end::pass);
        List<Subtask<Integer>> tasks = group.map(List.of(1, 2, 3), i -> i);
        assertThat(tasks).hasSize(3).allSatisfy(task -> assertThat(task.state()).isEqualTo(State.FAILED));
        end.open();
        assertThat(catchThrowable(group::await).getSuppressed()).hasSize(2);
    }

    @Test
    void N13_G3_at_a_limit_of_0_the_opener_may_wait_since_the_wait_ends() {
        ErrGroup group = open(o -> o.limit(0).limitWait(Duration.ofMillis(1)).cancelOnError(false));
        assertThat(group.go(() -> "never").exception()).isInstanceOf(LimitExceededException.class);
    }

    @Test
    void N13_tryGo_says_no_as_ever() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1).limitWait(Duration.ZERO));
        stuck(group);
        assertThat(group.tryGo(() -> "no")).isEmpty();
        group.cancel();
    }

    @Test
    void N13_a_wait_below_zero_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().limitWait(Duration.ofSeconds(-1)))
                .withMessage("limitWait PT-1S: must be zero or more and at most 26687 days");
        assertThat(options().limitWait(null).build().limitWait()).isNull();
        assertThat(options().limitWait(WAIT).build().toString()).contains("limitWait=PT3S");
    }
}
