package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.TaskThreads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** N6: a task that ignores cancellation past the grace is named. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StragglerTest {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final HandClock clock = new HandClock();

    private final Recorder recorder = new Recorder();

    @Test
    void N6_a_task_that_outlives_the_cancellation_is_reported_and_so_is_its_end() throws Exception {
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(
                        o -> o.name("quote").clock(clock).stragglerGrace(GRACE).listener(recorder))) {
            Gate end = new Gate();
            Gate running = new Gate();
            group.go("deaf", () -> ignoreEverything(running, end));
            running.pass();
            group.cancel();
            clock.advance(GRACE.minusNanos(1));
            assertThat(recorder.countOf("straggler")).isZero();

            clock.advance(Duration.ofNanos(1));

            Threads.until(() -> recorder.count("straggler deaf") == 1);
            Threads.until(() -> log.has("quote", "deaf"));
            assertThat(log.has("ignoreEverything")).as("its live stack").isTrue();
            end.open();
            catchThrowable(group::await);
            assertThat(recorder.events())
                    .containsSubsequence("straggler deaf", "straggler-end deaf", "end deaf SUCCEEDED");
            assertThat(recorder.countOf("straggler")).isOne();
        }
    }

    private static void ignoreEverything(Gate running, Gate end) {
        running.open();
        end.passIgnoringInterrupts();
    }

    @Test
    void N6_a_task_that_ends_within_the_grace_is_not_reported() throws Exception {
        try (ErrGroup group =
                ErrGroup.open(o -> o.clock(clock).stragglerGrace(GRACE).listener(recorder))) {
            GroupContract.stuck(group);
            group.cancel();
            catchThrowable(group::await);
        }
        clock.advance(GRACE);
        assertThat(recorder.countOf("straggler")).isZero();
        assertThat(recorder.countOf("straggler-end")).isZero();
        assertThat(clock.pending()).isZero();
    }

    @Test
    void N6_the_time_from_the_cancellation_to_the_last_tasks_end_is_measured() throws Exception {
        AtomicLong measured = new AtomicLong();
        try (ErrGroup group = ErrGroup.open(o -> o.clock(clock).listener(new GroupListener() {
            @Override
            public void onCancelled(ErrGroup cancelled, long nanos) {
                measured.set(nanos);
            }
        }))) {
            Gate end = new Gate();
            GroupContract.running(group, end::passIgnoringInterrupts);
            group.cancel();
            clock.advance(Duration.ofSeconds(3));
            end.open();
            catchThrowable(group::await);
        }
        assertThat(measured).hasValue(Duration.ofSeconds(3).toNanos());
    }

    /** The second straggler is looked at after the first task: when it is told, that one was passed over. */
    @Test
    void N6_a_task_whose_body_has_ended_is_no_straggler() throws Exception {
        Gate asked = new Gate();
        Gate answer = new Gate();
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.clock(clock)
                        .stragglerGrace(GRACE)
                        .threads(TaskThreads.platform("straggler-"))
                        .cancellationWhen(thrown -> {
                            asked.open();
                            answer.passIgnoringInterrupts();
                            return false;
                        }))) {
            Gate endOfOne = new Gate();
            Gate endOfTwo = new Gate();
            GroupContract.running(group, () -> {
                endOfOne.passIgnoringInterrupts();
                throw new Broken("after the cancellation");
            });
            GroupContract.running(group, endOfTwo::passIgnoringInterrupts);
            group.cancel();
            endOfOne.open();
            asked.pass();

            clock.advance(GRACE);

            Threads.until(() -> log.has("'task-1'", "still runs"));
            assertThat(log.has("'task-0'", "still runs")).isFalse();
            answer.open();
            endOfTwo.open();
            catchThrowable(group::await);
        }
    }

    @Test
    void N6_its_age_is_told_though_nobody_listens() throws Exception {
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.clock(clock).stragglerGrace(GRACE))) {
            Gate end = new Gate();
            GroupContract.running(group, end::passIgnoringInterrupts);
            clock.advance(Duration.ofSeconds(3));
            group.cancel();
            clock.advance(GRACE);
            Threads.until(() -> log.has("'task-0'", "has run for PT8S"));
            end.open();
            group.await();
        }
    }
}
