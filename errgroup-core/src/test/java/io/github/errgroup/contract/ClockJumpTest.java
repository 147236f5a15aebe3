package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Subtask;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J12: a clock that jumps, as an injected one may: the engine's own is {@code nanoTime}, which does not. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ClockJumpTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final Duration FAR = Duration.ofDays(200 * 365);

    private final HandClock clock = new HandClock();

    /** Every duration that a listener is told. */
    private static final class Durations implements GroupListener {
        private final List<Long> told = new CopyOnWriteArrayList<>();

        @Override
        public void onTaskEnd(Subtask<?> task, long nanos) {
            told.add(nanos);
        }

        @Override
        public void onLimitWait(long nanos) {
            told.add(nanos);
        }

        @Override
        public void onDrained(long nanos) {
            told.add(nanos);
        }

        @Override
        public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
            told.add(nanos);
        }
    }

    @Test
    void J12_far_ahead_it_passes_the_deadline_once_and_the_group_ends() throws Exception {
        Recorder recorder = new Recorder();
        try (ErrGroup group = ErrGroup.open(o -> o.timeout(TIMEOUT).clock(clock).listener(recorder))) {
            GroupContract.stuck(group);
            clock.advance(FAR);
            clock.advance(FAR.negated());
            clock.advance(FAR);
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(TimeoutException.class);
            assertThat(group.context().remaining()).hasValue(Duration.ZERO);
        }
        assertThat(recorder.count("cancel TIMEOUT")).isOne();
        assertThat(clock.pending()).isZero();
    }

    @Test
    void J12_back_it_fires_no_deadline_early_and_loses_none() throws Exception {
        Duration back = Duration.ofHours(1);
        try (ErrGroup group = ErrGroup.open(o -> o.timeout(TIMEOUT).clock(clock))) {
            GroupContract.stuck(group);
            clock.advance(back.negated());
            assertThat(group.context().isCancelled()).isFalse();
            assertThat(group.context().remaining()).hasValue(TIMEOUT); // and no more than was asked for
            clock.advance(back.plus(TIMEOUT));
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(TimeoutException.class);
            assertThat(group.context().reason()).isEqualTo(CancelReason.TIMEOUT);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, 3_600})
    void J12_N6_a_group_ends_well_over_a_jump_and_tells_no_negative_duration(long seconds) throws Exception {
        Durations durations = new Durations();
        Duration jump = Duration.ofSeconds(seconds);
        try (ErrGroup group = ErrGroup.open(o -> o.limit(1).clock(clock).listener(durations))) {
            Gate end = new Gate();
            Subtask<?> task = GroupContract.running(group, end::passIgnoringInterrupts);
            Caller<?> waiting = Caller.runs(() -> group.go(() -> {})).blockedIn("go");
            clock.advance(jump);
            GroupSnapshot midway = group.snapshot();
            group.cancel();
            clock.advance(jump);
            end.open();
            waiting.result();
            catchThrowable(group::await);
            assertThat(task.state().isEnded()).isTrue();
            assertThat(midway.age()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(midway.tasks())
                    .allMatch(live -> live.age() == null || !live.age().isNegative());
        }
        assertThat(durations.told).hasSize(4).allMatch(nanos -> nanos >= 0);
    }
}
