package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** N6: a task that ignores cancellation past the grace is named. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
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
            // Once whoever reports has put down that it did. Until it ends nobody says that it has ended.
            Threads.until(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("errgroup-stragglers")));
            assertThat(recorder.countOf("straggler-end")).isZero();
            end.open();
            catchThrowable(group::await);
            assertThat(recorder.events())
                    .containsSubsequence("straggler deaf", "straggler-end deaf", "end deaf SUCCEEDED");
            assertThat(recorder.countOf("straggler")).isOne();
        }
    }

    /** Interleaving: the task ends between the report and its being put down. */
    @Test
    void N6_the_end_of_a_task_that_ends_while_it_is_reported_is_told_once() throws Exception {
        Gate end = new Gate();
        GroupListener.Factory letsItEnd = group -> new GroupListener() {
            @Override
            public void onStraggler(Subtask<?> task) {
                end.open();
                GroupContract.untilAllEnded(group);
            }
        };
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o ->
                        o.clock(clock).stragglerGrace(GRACE).listener(recorder).listener(letsItEnd))) {
            Gate running = new Gate();
            group.go("deaf", () -> ignoreEverything(running, end));
            running.pass();
            group.cancel();
            clock.advance(GRACE);

            Threads.until(() -> recorder.count("straggler-end deaf") == 1);
            catchThrowable(group::await);
            assertThat(log.has("deaf")).isTrue();
            assertThat(recorder.countOf("straggler")).isOne();
        }
    }

    @Test
    void N6_the_first_twenty_frames_are_reported_and_the_others_counted() throws Exception {
        int frames = framesOfReported(0);
        assertThat(frames).isLessThan(20);
        assertThat(framesOfReported(20 - frames)).isEqualTo(20);
        assertThat(framesOfReported(40)).isEqualTo(frames + 40);
    }

    /** Has a task reported that is so many calls deeper than it need be, and returns how deep that is. */
    private int framesOfReported(int deeper) throws Exception {
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o ->
                        o.threads(TaskThreads.platform("deep-")).clock(clock).stragglerGrace(GRACE))) {
            Gate end = new Gate();
            AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
            Gate running = new Gate();
            group.go(() -> {
                thread.set(Thread.currentThread());
                ignoreEverything(deeper, running, end);
            });
            running.pass();
            group.cancel();
            Thread parked = Objects.requireNonNull(thread.get());
            Threads.until(() -> !parked.isInterrupted() && Threads.isParked(parked));
            int frames = parked.getStackTrace().length;
            clock.advance(GRACE);
            Threads.until(() -> log.has("still runs"));
            assertThat(log.has("ignoreEverything")).isTrue();
            assertThat(log.has("more")).isEqualTo(frames > 20);
            assertThat(log.has("\n\t... " + (frames - 20) + " more\n")).isEqualTo(frames > 20);
            end.open();
            catchThrowable(group::await);
            return frames;
        }
    }

    private static void ignoreEverything(int deeper, Gate running, Gate end) {
        if (deeper > 0) {
            ignoreEverything(deeper - 1, running, end);
        } else {
            ignoreEverything(running, end);
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
            public void onDrained(long nanos) {
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
