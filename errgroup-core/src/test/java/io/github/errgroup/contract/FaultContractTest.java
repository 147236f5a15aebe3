package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupSnapshot.Phase;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tasks at their worst. Whatever they do, the group ends, says what happened, and its slots and threads are as before. */
class FaultContractTest extends GroupContract {
    private static final int MANY = 10_000;

    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Broken CONSTANT = new Broken("a constant");

    private static final Error CONSTANT_ERROR = new LinkageError("a constant");

    @Test
    void J3_J7_J9_a_StackOverflowError_in_a_task_is_its_failure_and_the_next_task_runs() {
        ErrGroup group = open(o -> o.limit(1).cancelOnError(false));
        Subtask<Integer> deep = group.go(() -> descend(0));
        Subtask<String> next = group.go(() -> "runs");

        Throwable thrown = catchThrowable(group::await);

        assertThat(thrown).isInstanceOf(StackOverflowError.class).isSameAs(deep.exception());
        assertThat(deep.state()).isEqualTo(State.FAILED);
        assertThat(next.get()).isEqualTo("runs");
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int descend(int level) {
        return 1 + descend(level + 1);
    }

    /** Nobody cancelled anything, so its InterruptedException is a failure, and no answer to an interrupt of the caller. */
    @Test
    void J1_J6_a_task_that_interrupts_itself_fails_by_it_and_no_other_is_interrupted() {
        needsTasksAtOnce(1); // in the caller the flag is the caller's: FlagContractTest
        ErrGroup group = open(o -> o.limit(1).cancelOnError(false));
        AtomicReference<@Nullable Subtask<Boolean>> next = new AtomicReference<>();
        Subtask<?> self = group.go(() -> {
            next.set(
                    group.go(() -> Thread.currentThread().isInterrupted())); // queued: a worker takes it after this one
            Thread.currentThread().interrupt();
            try {
                new Gate().pass();
            } finally {
                Thread.currentThread().interrupt();
            }
        });

        Throwable thrown = catchThrowable(group::await);

        assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCauseInstanceOf(InterruptedException.class);
        assertThat(self.state()).isEqualTo(State.FAILED);
        assertThat(Objects.requireNonNull(next.get()).get()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(group.context().isCancelled()).isFalse();
    }

    @Test
    void J5_N6_close_waits_for_a_task_that_parks_for_ever_and_the_task_is_named() throws Exception {
        needsTasksAtOnce(1);
        HandClock clock = new HandClock();
        ErrGroup group = open(o -> o.clock(clock).stragglerGrace(GRACE));
        Gate running = new Gate();
        Gate end = new Gate();
        Subtask<?> task = group.go("deaf", () -> {
            running.open();
            end.passIgnoringInterrupts();
        });
        running.pass();
        Caller<?> closing = Caller.runs(group::close).blockedIn("close");

        clock.advance(GRACE);

        Threads.until(() -> log().has("'contract'", "'deaf'", "CLOSED", "passIgnoringInterrupts"));
        closing.blockedIn("close");
        assertThat(task.state()).isEqualTo(State.RUNNING);
        end.open();
        closing.result();
        assertThat(task.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void G7_a_task_that_closes_its_own_group_is_told_so_and_the_group_is_as_before() throws Exception {
        ErrGroup group = open();
        Subtask<Throwable> closing = group.go(() -> catchThrowable(group::close));
        untilAllEnded(group);
        Phase afterwards = group.snapshot().phase();
        Subtask<String> next = group.go(() -> "runs");
        group.await();

        assertThat(closing.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("close()");
        assertThat(afterwards).isEqualTo(Phase.OPEN);
        assertThat(next.get()).isEqualTo("runs");
    }

    /** At once where the tasks' number costs no memory: on virtual threads all stand at a gate when it opens. */
    @Test
    void J7_J14_ten_thousand_tasks_that_all_fail_leave_a_bounded_report_and_no_garbage() {
        needsTasksInARow(MANY);
        Gate all = new Gate();
        ErrGroup group = open(o -> o.cancelOnError(false));
        ConcurrentLinkedQueue<WeakReference<Throwable>> failures = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < MANY; i++) {
            group.go(() -> {
                if (workplace == Workplace.VIRTUAL_THREADS) {
                    all.pass();
                }
                Broken failure = new Broken("one of many");
                failures.add(new WeakReference<>(failure));
                throw failure;
            });
        }
        all.open();
        Throwable thrown = catchThrowable(group::await);

        assertThat(group.snapshot().failed()).isEqualTo(MANY);
        int kept = 1 + thrown.getSuppressed().length;
        assertThat(kept).isBetween(2, 101);
        assertThat(thrown).hasMessageContaining(Integer.toString(MANY - kept)); // the dropped ones
        // A pool's idle thread may keep what it ran last in a frame of its own: that is no business of the group.
        int alive = kept + MANY / 10;
        Threads.until(() -> {
            System.gc();
            return failures.stream().filter(failure -> failure.get() != null).count() <= alive;
        });
        assertThat(thrown.getCause()).isInstanceOf(Broken.class); // and with it all that is kept is alive until here
    }

    @Test
    void J3_J7_ten_thousand_tasks_that_all_fail_in_a_cancelling_group_end_it_once() {
        needsTasksInARow(MANY);
        Recorder recorder = new Recorder();
        ErrGroup group = open(o -> o.listener(recorder));
        List<Broken> failures = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Broken failure = new Broken("task " + i);
            failures.add(failure);
            group.go(() -> {
                throw failure;
            });
        }
        Throwable thrown = catchThrowable(group::await);

        assertThat(thrown.getCause()).isIn(failures).isSameAs(group.context().cause());
        assertThat(thrown.getSuppressed().length).isLessThanOrEqualTo(100);
        assertThat(recorder.countOf("cancel")).isOne();
        assertThat(group.snapshot().submitted()).isEqualTo(MANY);
        // that the counts add up is checked after every test of the contract
    }

    @Test
    void J7_a_static_failure_of_many_tasks_and_groups_does_not_grow() {
        for (Throwable constant : new Throwable[] {CONSTANT, CONSTANT_ERROR}) {
            StackTraceElement[] trace = constant.getStackTrace();
            for (int round = 0; round < rounds(20); round++) {
                ErrGroup group = open(o -> o.cancelOnError(false));
                group.go(() -> failBelow(constant));
                group.go(() -> fail(constant));
                if (round % 2 == 0) {
                    catchThrowable(group::await);
                    catchThrowable(group::await);
                }
                assertThat(catchThrowable(() -> ErrGroup.call(options().build(), body -> {
                            body.go(() -> fail(constant));
                            return fail(constant);
                        })))
                        .isNotNull();
                catchThrowable(group::close);
            }
            assertThat(constant.getSuppressed()).isEmpty();
            assertThat(constant.getCause()).isNull();
            assertThat(constant.getStackTrace()).isEqualTo(trace);
        }
    }

    private Object failBelow(Throwable constant) throws InterruptedException {
        try (ErrGroup below = open()) {
            below.go(() -> fail(constant));
            below.await();
            return "unreachable";
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T, X extends Throwable> T fail(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void J6_J7_a_failure_whose_causes_form_a_cycle_is_told_like_any_other() throws Exception {
        IOException outer = new IOException("outer");
        IOException inner = new IOException("inner", outer);
        outer.initCause(inner);
        ErrGroup group = open(o -> o.cancelOnError(false));
        group.go(() -> {
            throw outer;
        });
        Throwable thrown = catchThrowable(group::await);
        group.cancel(outer); // and as the cause of a cancellation

        assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCause(outer);
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).contains("outer").contains("CIRCULAR REFERENCE");
        assertThat(catchThrowable(group.context()::throwIfCancelled)).hasCause(outer);
    }
}
