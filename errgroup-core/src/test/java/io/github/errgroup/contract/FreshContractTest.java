package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupSnapshot.Phase;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@code fresh}: a new group from one in any state; and groups that open at their first use. */
class FreshContractTest extends GroupContract {

    @Test
    void G5_gives_an_open_group_with_the_same_name_and_settings() throws Exception {
        ErrGroup group = open(o -> o.name("stock").limit(3).cancelOnError(false));

        ErrGroup fresh = track(group.fresh());

        assertThat(fresh).isNotSameAs(group);
        assertThat(fresh.name()).isEqualTo("stock");
        assertThat(fresh.limit()).isEqualTo(3);
        assertThat(fresh.options()).isEqualTo(group.options());
        assertThat(works(fresh)).isTrue();
    }

    @Test
    void G5_is_valid_of_an_open_a_cancelled_a_finished_and_a_closed_group() throws Exception {
        needsTasksInARow(4); // rejecting, it would fail for another reason
        ErrGroup group = open();
        assertThat(works(track(group.fresh()))).isTrue();
        group.cancel();
        assertThat(works(track(group.fresh()))).isTrue();
        catchThrowable(group::await);
        assertThat(works(track(group.fresh()))).isTrue();
        group.close();
        assertThat(works(track(group.fresh()))).isTrue();
    }

    @Test
    void G5_leaves_the_receiver_untouched() throws Exception {
        ErrGroup group = open();
        ErrGroup fresh = track(group.fresh());
        fresh.cancel();
        fresh.close();
        assertThat(group.context().isCancelled()).isFalse();
        assertThat(group.snapshot().submitted()).isZero();
        assertThat(works(group)).isTrue();
    }

    @Test
    void G5_is_valid_from_any_thread_and_inside_a_task() throws Exception {
        ErrGroup group = open();
        assertThat(works(track(Caller.calls(group::fresh).result()))).isTrue();
        Subtask<Boolean> inside = group.go(() -> {
            try (ErrGroup fresh = group.fresh()) {
                return fresh.snapshot().phase() == Phase.OPEN;
            }
        });
        group.await();
        assertThat(inside.get()).isTrue();
    }

    @Test
    void G5_a_lazy_group_opens_at_its_first_use() throws Exception {
        AtomicInteger uses = new AtomicInteger();
        Recorder recorder = new Recorder();
        ErrGroup lazy = track(
                FrameworkAccess.openLazily(() -> options().listener(recorder).build(), uses::incrementAndGet));

        assertThat(lazy.snapshot().phase()).isEqualTo(Phase.UNOPENED);
        assertThat(lazy.name()).isEqualTo("contract");
        track(lazy.fresh()).close();
        assertThat(uses).hasValue(0);
        assertThat(recorder.countOf("open")).as("only the fresh one").isOne();

        assertThat(works(lazy)).isTrue();
        assertThat(uses).hasValue(1);
        assertThat(recorder.countOf("open")).isEqualTo(2);
    }

    @Test
    void G5_a_lazy_group_whose_check_throws_stays_unopened() {
        AtomicInteger uses = new AtomicInteger();
        ErrGroup lazy = track(FrameworkAccess.openLazily(() -> options().build(), () -> {
            uses.incrementAndGet();
            throw new IllegalStateException("a group injected into a singleton");
        }));

        assertThatIllegalStateException().isThrownBy(() -> lazy.go(() -> "x")).withMessageContaining("singleton");
        assertThatIllegalStateException()
                .isThrownBy(() -> lazy.tryGo(() -> "x"))
                .withMessageContaining("singleton");
        assertThatIllegalStateException().isThrownBy(lazy::await).withMessageContaining("singleton");

        assertThat(uses).hasValue(3);
        assertThat(lazy.snapshot().phase()).isEqualTo(Phase.UNOPENED);
        lazy.close();
    }

    @Test
    void J5_a_lazy_group_that_was_used_and_not_awaited_throws_the_failure_at_close() {
        ErrGroup lazy = track(FrameworkAccess.openLazily(() -> options().build(), () -> {}));
        Broken broken = new Broken("unheard");
        lazy.go(() -> {
            throw broken;
        });
        untilAllEnded(lazy);
        assertThat(catchThrowable(lazy::close)).hasCause(broken);
    }

    @Test
    void G2_a_lazy_group_that_was_closed_unused_lets_nobody_wait() throws Exception {
        ErrGroup lazy = track(FrameworkAccess.openLazily(() -> options().build(), () -> {}));
        lazy.close();
        Caller<?> waiting = Caller.runs(() -> catchThrowable(lazy::await));
        assertThat(waiting.endsWell()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> lazy.go(() -> "late"));
    }

    @Test
    void N7_a_lazy_group_first_used_under_a_cancelled_parent_is_born_cancelled() throws Exception {
        ErrGroup parent = open();
        Subtask<State> task = parent.go(() -> {
            ErrGroup lazy = track(FrameworkAccess.openLazily(() -> options().build(), () -> {}));
            parent.cancel();
            return lazy.go(() -> "never").state();
        });
        parent.await();
        assertThat(task.get()).isEqualTo(State.SKIPPED);
    }

    @Test
    void J12_a_lazy_groups_deadline_counts_from_its_first_use() throws Exception {
        HandClock clock = new HandClock();
        ErrGroup lazy =
                track(FrameworkAccess.openLazily(() -> options().clock(clock).build(), () -> {}));
        lazy.setTimeout(Duration.ofMinutes(1));
        assertThat(lazy.context().isCancelled()).isFalse();
        assertThat(works(lazy)).isTrue();
    }

    private static boolean works(ErrGroup group) throws InterruptedException {
        Subtask<String> task = group.go(() -> "works");
        group.await();
        return task.get().equals("works");
    }
}
