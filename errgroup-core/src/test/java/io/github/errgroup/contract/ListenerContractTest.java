package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Listeners: in which order they are told, and that they can do no harm. */
class ListenerContractTest extends GroupContract {
    /** How many tasks listeners may start: each is told of in its turn. */
    private final AtomicInteger starts = new AtomicInteger(3);

    /** A group for tests that know every event: none of its tasks is lost, so nothing may be compensated meanwhile. */
    private ErrGroup openPatiently(Consumer<ErrGroupOptions.Builder> changes) {
        return open(o -> changes.accept(o.starvationTimeout(Duration.ofMinutes(1))));
    }

    /** A listener whose every method does this. */
    private static GroupListener always(Runnable action) {
        return (GroupListener) Proxy.newProxyInstance(
                GroupListener.class.getClassLoader(), new Class<?>[] {GroupListener.class}, (proxy, method, args) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return switch (method.getName()) {
                            case "equals" -> proxy == args[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "always";
                        };
                    }
                    action.run();
                    return null;
                });
    }

    @Test
    void J10_a_listener_that_cannot_even_be_remembered_as_broken_changes_nothing() throws Exception {
        IllegalStateException broken = new IllegalStateException("listener");
        IllegalStateException unknown = new IllegalStateException("hash code");
        ErrGroup group = openPatiently(o -> o.listener(new GroupListener() {
            @Override
            public void onOpen() {
                throw broken;
            }

            @Override
            public boolean equals(@Nullable Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                throw unknown;
            }
        }));
        Subtask<String> task = group.go(() -> "x");
        group.await();
        assertThat(task.get()).isEqualTo("x");
        assertThat(log().has("cannot be remembered")).isTrue();
        assertThat(broken.getSuppressed()).as("J7").isEmpty();
    }

    @Test
    void J10_each_group_has_the_listener_that_the_factory_makes_as_it_opens_or_none() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        GroupListener.Factory factory = made -> {
            told.add("asked of " + made.name());
            return made.name().equals("unheard")
                    ? null
                    : new GroupListener() {
                        @Override
                        public void onOpen() {
                            told.add("open " + made.name());
                        }

                        @Override
                        public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
                            told.add("end " + made.name());
                        }
                    };
        };
        Recorder last = new Recorder();
        for (String name : List.of("one", "unheard", "two")) {
            ErrGroup group = openPatiently(o -> o.name(name).listener(factory).listener(last));
            group.await();
        }
        assertThat(told)
                .containsExactly(
                        "asked of one",
                        "open one",
                        "end one",
                        "asked of unheard",
                        "asked of two",
                        "open two",
                        "end two");
        assertThat(last.count("open")).isEqualTo(3);
    }

    @Test
    void J10_a_factory_that_throws_or_makes_what_throws_is_logged_once_over_all_groups() throws Exception {
        IllegalStateException atOpen = new IllegalStateException("factory");
        IllegalStateException later = new IllegalStateException("made by the factory");
        GroupListener.Factory throwsItself = made -> {
            throw atOpen;
        };
        GroupListener.Factory makesWhatThrows = made -> always(() -> throwing(later));
        for (int i = 0; i < 3; i++) {
            Recorder after = new Recorder();
            ErrGroup group = openPatiently(
                    o -> o.listener(throwsItself).listener(makesWhatThrows).listener(after));
            group.await();
            assertThat(after.events()).containsExactly("open", "ended SUCCEEDED");
        }
        assertThat(log().countOf(atOpen)).isOne();
        assertThat(log().countOf(later)).isOne();
    }

    @Test
    void J11_a_task_that_succeeds_is_told_of_between_open_and_end() throws Exception {
        Recorder recorder = new Recorder();
        ErrGroup group = openPatiently(o -> o.listener(recorder));
        assertThat(recorder.events()).containsExactly("open");
        group.go("one", () -> "x");
        group.await();
        assertThat(recorder.events()).containsExactly("open", "start one", "end one SUCCEEDED", "ended SUCCEEDED");
        group.close();
        assertThat(recorder.countOf("ended")).isOne();
    }

    @Test
    void J11_a_failure_is_recorded_then_cancels_then_is_told_as_the_tasks_end() {
        Recorder recorder = new Recorder();
        ErrGroup group = openPatiently(o -> o.listener(recorder));
        group.go("one", () -> {
            throw new Broken("first");
        });
        catchThrowable(group::await);
        assertThat(recorder.events())
                .containsSubsequence("start one", "cancel FAILURE", "end one FAILED", "ended FAILED")
                .containsSubsequence("cancel FAILURE", "cancelled", "ended FAILED")
                .hasSize(6);
    }

    @Test
    void J11_at_a_tasks_end_the_result_is_stored_and_the_first_failure_recorded() {
        AtomicReference<@Nullable State> state = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> causeToldAtCancel = new AtomicReference<>();
        Broken broken = new Broken("first");
        ErrGroup group = open(o -> o.listener(ended -> new GroupListener() {
            @Override
            public void onCancel(CancelReason reason, Throwable why) {
                causeToldAtCancel.set(why);
            }

            @Override
            public void onTaskEnd(Subtask<?> task, long nanos) {
                state.set(task.state());
                cause.set(ended.context().cause());
            }
        }));
        group.go(() -> {
            throw broken;
        });
        catchThrowable(group::await);
        assertThat(state).hasValue(State.FAILED);
        assertThat(cause.get()).isSameAs(broken);
        assertThat(causeToldAtCancel.get()).isSameAs(broken);
    }

    @Test
    void J11_the_cancellation_is_told_before_any_task_is_interrupted() throws Exception {
        needsTasksAtOnce(1);
        AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
        AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
        ErrGroup group = open(o -> o.listener(new GroupListener() {
            @Override
            public void onCancel(CancelReason reason, Throwable why) {
                Thread thread = runner.get();
                flag.set(thread != null && thread.isInterrupted());
            }
        }));
        Subtask<?> task = running(group, () -> {
            runner.set(Thread.currentThread());
            new Gate().pass();
        });
        Threads.until(() -> runner.get() != null);
        group.cancel();
        catchThrowable(group::await);
        assertThat(flag).hasValue(false);
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void J11_the_end_of_a_group_that_does_not_cancel_comes_with_close() throws Exception {
        Recorder recorder = new Recorder();
        ErrGroup group = open(o -> o.cancelOnError(false).listener(recorder));
        group.go(() -> "x");
        group.await();
        assertThat(recorder.countOf("ended")).isZero();
        group.close();
        assertThat(recorder.events()).endsWith("ended SUCCEEDED");
        group.close();
        assertThat(recorder.countOf("ended")).isOne();
    }

    @Test
    void J11_the_end_is_told_once_when_two_threads_await() throws Exception {
        for (int round = 0; round < 20; round++) {
            Recorder recorder = new Recorder();
            ErrGroup group = open(o -> o.listener(recorder));
            group.go(() -> "x");
            Caller<?> other = Caller.runs(() -> {
                catchThrowable(group::await);
                assertThat(recorder.countOf("ended"))
                        .as("told before await returned")
                        .isOne();
            });
            catchThrowable(group::await);
            assertThat(recorder.countOf("ended"))
                    .as("told before await returned")
                    .isOne();
            other.result();
            assertThat(recorder.countOf("ended")).isOne();
        }
    }

    @Test
    void J11_the_outcome_says_how_it_ended() throws Exception {
        needsTasksAtOnce(1);
        List<GroupOutcome> outcomes = new CopyOnWriteArrayList<>();
        GroupListener listener = new GroupListener() {
            @Override
            public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
                outcomes.add(outcome);
            }
        };
        HandClock clock = new HandClock();
        ErrGroup cancelled = open(o -> o.listener(listener));
        stuck(cancelled);
        cancelled.cancel();
        catchThrowable(cancelled::await);
        ErrGroup late = open(o -> o.threads(cancelled.options().threads())
                .listener(listener)
                .clock(clock)
                .timeout(Duration.ofSeconds(1)));
        stuck(late);
        clock.advance(Duration.ofSeconds(1));
        catchThrowable(late::await);
        assertThat(outcomes).containsExactly(GroupOutcome.CANCELLED, GroupOutcome.TIMED_OUT);
    }

    @Test
    void J4_J11_a_cancellation_that_no_task_minded_is_a_success_unless_it_was_an_interrupt() throws Exception {
        needsTasksAtOnce(1);
        Recorder recorder = new Recorder();
        ErrGroup cancelled = open(o -> o.listener(recorder));
        cancelled.go(() -> "x");
        untilAllEnded(cancelled);
        cancelled.cancel();
        cancelled.await();
        assertThat(recorder.events()).endsWith("ended SUCCEEDED");

        Gate end = new Gate();
        ErrGroup interrupted = open(o -> o.listener(recorder));
        running(interrupted, end::passIgnoringInterrupts);
        Caller<?> caller = Caller.runs(interrupted::await).blockedIn("await");
        caller.interrupt();
        Threads.until(() -> interrupted.context().isCancelled());
        end.open();
        assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
        assertThat(recorder.events()).endsWith("ended CANCELLED");
    }

    @Test
    void J11_a_caller_that_waited_for_a_slot_is_told_of() throws Exception {
        needsTasksAtOnce(1);
        Recorder recorder = new Recorder();
        ErrGroup group = open(o -> o.limit(1).listener(recorder));
        Gate end = new Gate();
        running(group, end::pass);
        Caller<?> caller = Caller.calls(() -> group.go(() -> "x")).blockedIn("go");
        assertThat(recorder.countOf("waited")).isZero();
        end.open();
        caller.result();
        assertThat(recorder.countOf("waited")).isOne();
        group.await();
    }

    @Test
    void J10_one_that_throws_changes_nothing_and_is_logged_once() throws Exception {
        for (Throwable thrown : List.of(new IllegalStateException("listener"), new LinkageError("listener"))) {
            try (LogTap log = new LogTap()) {
                Recorder after = new Recorder();
                ErrGroup group = openPatiently(
                        o -> o.limit(1).listener(always(() -> throwing(thrown))).listener(after));
                Subtask<String> task = group.go("one", () -> "x");
                group.await();
                assertThat(task.get()).isEqualTo("x");
                assertThat(after.events()).containsExactly("open", "start one", "end one SUCCEEDED", "ended SUCCEEDED");
                assertThat(log.countOf(thrown)).isOne();
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void throwing(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void J10_one_that_throws_does_not_hide_a_failure_nor_hinder_the_cancellation() throws Exception {
        needsTasksAtOnce(2);
        try (LogTap log = new LogTap()) {
            ErrGroup group =
                    openPatiently(o -> o.listener(always(() -> throwing(new IllegalStateException("listener")))));
            Subtask<?> sibling = stuck(group);
            Broken broken = new Broken("first");
            group.go(() -> {
                throw broken;
            });
            assertThat(catchThrowable(group::await))
                    .isInstanceOf(ErrGroupException.class)
                    .hasCause(broken);
            assertThat(sibling.state()).isEqualTo(State.CANCELLED);
            assertThat(log.has("listener")).isTrue();
        }
    }

    /** In each event another thread uses the group: with a lock held here, it would wait for ever. */
    @Test
    void J10_no_lock_is_held_while_one_is_told() throws Exception {
        AtomicInteger stuck = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        AtomicReference<@Nullable ErrGroup> open = new AtomicReference<>();
        Runnable useElsewhere = () -> {
            told.incrementAndGet();
            ErrGroup group = open.get();
            if (group != null && !Caller.runs(() -> use(group)).endsWell()) {
                stuck.incrementAndGet();
            }
        };
        ErrGroup group = open(o -> o.limit(2).listener(always(useElsewhere)));
        open.set(group);
        group.context().addCancellationHook(useElsewhere);
        group.go(() -> use(group));
        group.go(() -> {
            throw new Broken("first");
        });
        catchThrowable(group::await);
        assertThat(stuck).hasValue(0);
        assertThat(told.get()).isGreaterThanOrEqualTo(5);
    }

    private void use(ErrGroup group) {
        group.setLimit(2);
        group.snapshot();
        group.context().remaining();
        group.context().addCancellationHook(() -> {}).close();
        if (starts.getAndDecrement() > 0) {
            catchThrowable(() -> group.tryGo(() -> {}));
        }
    }
}
