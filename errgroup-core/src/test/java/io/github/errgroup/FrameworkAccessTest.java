package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FrameworkAccessTest {
    @Nested
    class Of_a_shared_limit {
        private final SharedLimit limit = new SharedLimit(1);

        private final CountDownLatch end = new CountDownLatch(1);

        private ErrGroup open() {
            return ErrGroup.open(o -> o.sharedLimit(limit));
        }

        /** Submits a task from inside one, where no caller is blocked: it waits in the limit's queue. */
        private Subtask<Subtask<String>> runningWithOneThatWaits(ErrGroup group, CountDownLatch waits) {
            return group.go(() -> {
                Subtask<String> waiting = group.go(() -> "ran");
                waits.countDown();
                end.await();
                return waiting;
            });
        }

        @Test
        void tells_how_many_run_and_how_many_wait_but_counts_no_further_than_asked_for() throws Exception {
            AtomicInteger queued = new AtomicInteger();
            FrameworkAccess.whenQueued(limit, queued::incrementAndGet);
            try (ErrGroup group = open()) {
                CountDownLatch waits = new CountDownLatch(1);
                assertThat(FrameworkAccess.running(limit)).isZero();
                assertThat(FrameworkAccess.waiting(limit, 10)).isZero();
                runningWithOneThatWaits(group, waits);
                waits.await();

                assertThat(FrameworkAccess.running(limit)).isOne();
                assertThat(FrameworkAccess.waiting(limit, 10)).isOne();
                assertThat(FrameworkAccess.waiting(limit, 0)).isZero();
                assertThat(queued).hasValue(1);
                end.countDown();
                group.await();
            }
            assertThat(FrameworkAccess.running(limit)).isZero();
            assertThat(FrameworkAccess.waiting(limit, 10)).isZero();
        }

        @Test
        void gives_what_a_raised_limit_starts_to_the_launcher_and_nothing_where_none_waits() throws Exception {
            List<Runnable> launches = new ArrayList<>();
            try (ErrGroup group = open()) {
                CountDownLatch waits = new CountDownLatch(1);
                FrameworkAccess.setLimit(limit, 1, launches::add);
                Subtask<Subtask<String>> outer = runningWithOneThatWaits(group, waits);
                waits.await();
                FrameworkAccess.setLimit(limit, 1, launches::add);
                assertThat(launches).isEmpty();

                FrameworkAccess.setLimit(limit, 2, launches::add);
                assertThat(limit.limit()).isEqualTo(2);
                assertThat(launches).hasSize(1);
                launches.get(0).run();
                end.countDown();
                group.await();
                assertThat(outer.get().get()).isEqualTo("ran");
            }
        }

        @Test
        void refuses_nulls() {
            assertThatNullPointerException()
                    .isThrownBy(() -> FrameworkAccess.setLimit(limit, 1, null))
                    .withMessage("launcher");
            assertThatNullPointerException()
                    .isThrownBy(() -> FrameworkAccess.whenQueued(limit, null))
                    .withMessage("told");
        }
    }

    @Test
    void a_guard_of_waits_throws_from_await() {
        try (ErrGroup group = ErrGroup.open(o -> FrameworkAccess.guardWaits(o, () -> {
            throw new IllegalStateException("never in this thread");
        }))) {
            assertThatIllegalStateException().isThrownBy(group::await).withMessage("never in this thread");
        }
    }
}
