package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.SharedLimit;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** J14: nothing of ours keeps a group that is closed, its timers last of all. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ClosedGroupTest {
    private static final Duration LONG = Duration.ofHours(1);

    /** As the starter opens them, with a grace that outlasts the test. */
    @Test
    void J14_two_hundred_closed_groups_keep_none_of_their_failures() {
        List<WeakReference<?>> references = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            references.addAll(
                    failAndClose(ErrGroupOptions.builder().stragglerGrace(LONG).build()));
        }
        LeakContractTest.untilCollected(references);
    }

    @Test
    void J14_a_closed_group_is_collected_whatever_it_was_opened_with() throws Exception {
        SharedLimit shared = new SharedLimit(1);
        ExecutorService pool = Executors.newFixedThreadPool(1);
        try {
            List<Consumer<ErrGroupOptions.Builder>> settings = List.of(
                    o -> o.timeout(LONG),
                    o -> o.timeout(LONG).stragglerGrace(LONG),
                    o -> o.limit(1).reuseThreads(true).stragglerGrace(LONG),
                    o -> o.limit(1).reuseThreads(false).timeout(LONG),
                    o -> o.executor(pool).stragglerGrace(LONG),
                    o -> o.executor(Runnable::run).timeout(LONG),
                    o -> o.sharedLimit(shared).stragglerGrace(LONG),
                    o -> o.cancelOnError(false).timeout(LONG).stragglerGrace(LONG),
                    o -> o.captureOpener(true).listener(new Recorder()).timeout(LONG));
            List<WeakReference<?>> references = new ArrayList<>();
            for (Consumer<ErrGroupOptions.Builder> changes : settings) {
                ErrGroupOptions.Builder options = ErrGroupOptions.builder();
                changes.accept(options);
                references.addAll(failAndClose(options.build()));
                references.add(succeedAndClose(options.build()));
                references.add(cancelAndClose(options.build()));
            }
            LeakContractTest.untilCollected(references);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void J14_a_cancelled_child_that_was_closed_is_collected_while_its_parents_task_runs() throws Exception {
        try (ErrGroup parent = ErrGroup.open(o -> o.stragglerGrace(LONG))) {
            parent.go(() -> LeakContractTest.untilCollected(failAndClose(
                    ErrGroupOptions.builder().stragglerGrace(LONG).timeout(LONG).build())));
            parent.await();
        }
    }

    @Test
    void J12_N6_every_timer_is_taken_back_when_the_group_has_ended() throws Exception {
        HandClock clock = new HandClock();
        ErrGroupOptions options = ErrGroupOptions.builder()
                .clock(clock)
                .timeout(LONG)
                .stragglerGrace(LONG)
                .build();
        try (ErrGroup outer = ErrGroup.open(options)) {
            ErrGroup inner = ErrGroup.open(options);
            GroupContract.stuck(outer);
            GroupContract.stuck(inner);
            assertThat(clock.pending()).as("two deadlines").isEqualTo(2);
            outer.cancel();
            inner.cancel();
            assertThat(clock.pending()).as("two deadlines, two graces").isEqualTo(4);

            catchThrowable(inner::await);
            assertThat(clock.pending()).as("of the group that has not ended").isEqualTo(2);
            inner.close();
            catchThrowable(outer::await);
            assertThat(clock.pending()).isZero();
        }
    }

    /** In methods of their own, so that no local variable keeps what it should not. */
    private static List<WeakReference<?>> failAndClose(ErrGroupOptions options) {
        Heavy heavy = new Heavy();
        ErrGroup group = ErrGroup.open(options);
        group.context().addCancellationHook(() -> {});
        group.go(() -> {
            throw heavy;
        });
        assertThat(catchThrowable(group::await)).hasCause(heavy);
        group.close();
        return List.of(new WeakReference<>(group), new WeakReference<>(heavy));
    }

    private static WeakReference<?> succeedAndClose(ErrGroupOptions options) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(options)) {
            group.setTimeout(LONG.plus(LONG));
            group.go(() -> {});
            group.await();
            return new WeakReference<>(group);
        }
    }

    private static WeakReference<?> cancelAndClose(ErrGroupOptions options) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(options)) {
            group.go(() -> {});
            group.cancel();
            catchThrowable(group::await);
            return new WeakReference<>(group);
        }
    }

    /** A failure of 100 kB, as one that carries a response. */
    private static final class Heavy extends Exception {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        private final byte[] response = new byte[100_000];
    }
}
