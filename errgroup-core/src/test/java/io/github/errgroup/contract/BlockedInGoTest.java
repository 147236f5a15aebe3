package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupListener;
import io.github.errgroup.SharedLimit;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G3: a caller that is to block in {@code go} is asked for before, and told of after. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BlockedInGoTest {
    enum OneSlot {
        OF_THE_GROUP,
        SHARED;

        ErrGroupOptions.Builder in(ErrGroupOptions.Builder options) {
            return this == SHARED ? options.sharedLimit(new SharedLimit(1)) : options.limit(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void G3_the_time_it_was_blocked_is_told_in_the_groups_clock(OneSlot slot) throws Exception {
        HandClock clock = new HandClock();
        Queue<Duration> waits = new ConcurrentLinkedQueue<>();
        GroupListener listener = new GroupListener() {
            @Override
            public void onLimitWait(long nanos) {
                waits.add(Duration.ofNanos(nanos));
            }
        };
        try (ErrGroup group = ErrGroup.open(o -> slot.in(o).clock(clock).listener(listener))) {
            Gate end = new Gate();
            GroupContract.running(group, end::pass);
            Caller<?> caller = Caller.calls(() -> group.go(() -> {})).blockedIn("go");
            clock.advance(Duration.ofSeconds(3));
            end.open();
            caller.result();
            group.await();
        }
        assertThat(waits).containsExactly(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @EnumSource
    void G3_J9_what_the_wait_guard_throws_is_for_the_caller_and_the_task_was_never_submitted(OneSlot slot)
            throws Exception {
        AtomicBoolean forbidden = new AtomicBoolean();
        Runnable guard = () -> {
            if (forbidden.get()) {
                throw new IllegalStateException("not in this thread");
            }
        };
        try (ErrGroup group =
                ErrGroup.open(o -> FrameworkAccess.guardWaits(slot.in(o).cancelOnError(false), guard))) {
            Gate end = new Gate();
            GroupContract.running(group, end::pass);
            forbidden.set(true);

            for (Runnable verb : List.<Runnable>of(() -> group.go(() -> {}), () -> awaitUnchecked(group))) {
                assertThatIllegalStateException().isThrownBy(verb::run).withMessage("not in this thread");
            }
            assertThat(group.snapshot().submitted()).isOne();

            forbidden.set(false);
            end.open();
            group.await();
            Gate again = new Gate();
            assertThat(group.tryGo(() -> again.pass())).as("the slot").isPresent();
            assertThat(group.tryGo(() -> "one too many")).isEmpty();
            again.open();
            group.await();
        }
    }

    private static void awaitUnchecked(ErrGroup group) {
        try {
            group.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
