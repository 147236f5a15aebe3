package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever happens, each task ends in exactly one state, is told of once, and is counted once. */
class EndStatesContractTest extends GroupContract {
    private static final int ROUNDS = 40;

    private static final int TASKS = 9;

    @Test
    void J3_every_task_ends_once_when_one_of_them_fails() throws Exception {
        for (int round = 0; round < rounds(ROUNDS); round++) {
            Recorder recorder = new Recorder();
            int limit = round % 4 == 0 ? -1 : round % 4;
            ErrGroup group = open(o -> o.limit(limit).listener(recorder).starvationTimeout(Duration.ofMillis(1)));
            int failing = round % TASKS;
            List<Subtask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                int task = i;
                tasks.add(group.go(() -> {
                    if (task == failing) {
                        throw new Broken("one of them");
                    }
                    return task;
                }));
            }
            catchThrowable(group::await);
            assertEndedOnce(group, tasks, recorder);
        }
    }

    @Test
    void J3_every_task_ends_once_when_the_group_is_cancelled_meanwhile() throws Exception {
        for (int round = 0; round < rounds(ROUNDS); round++) {
            Recorder recorder = new Recorder();
            int limit = round % 2 == 0 ? -1 : 2;
            ErrGroup group = open(o ->
                    o.limit(limit).cancelOnError(false).listener(recorder).starvationTimeout(Duration.ofMillis(1)));
            Gate begun = new Gate();
            Caller<?> canceller = Caller.runs(() -> {
                begun.pass();
                group.cancel();
            });
            List<Subtask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                int task = i;
                if (i == round % TASKS) {
                    begun.open();
                }
                tasks.add(group.go(() -> {
                    Thread.yield();
                    return task;
                }));
            }
            canceller.result();
            catchThrowable(group::await);
            assertEndedOnce(group, tasks, recorder);
        }
    }

    /** An observer looks at one task all the time: it never sees it go back. */
    @Test
    void J3_a_tasks_state_only_goes_forward() throws Exception {
        needsTasksAtOnce(1);
        needsTasksInARow(3);
        for (int round = 0; round < ROUNDS; round++) {
            ErrGroup group = open(o -> o.cancelOnError(false));
            Gate begin = new Gate();
            Subtask<?> task = group.go(() -> begin.pass());
            Caller<List<State>> observer = Caller.calls(() -> {
                List<State> seen = new ArrayList<>(List.of(State.PENDING));
                while (!seen.get(seen.size() - 1).isEnded()) {
                    State now = task.state();
                    if (now != seen.get(seen.size() - 1)) {
                        seen.add(now);
                        begin.open();
                    }
                }
                return seen;
            });
            Threads.until(() -> task.state() != State.PENDING || workplace == Workplace.DROPS_EVERY_THIRD);
            begin.open();
            group.await();
            assertThat(observer.result()).isSorted().endsWith(State.SUCCEEDED);
        }
    }

    private static void assertEndedOnce(ErrGroup group, List<Subtask<Integer>> tasks, Recorder recorder) {
        for (Subtask<Integer> task : tasks) {
            assertThat(task.state().isEnded()).isTrue();
            String name = task.name();
            long started = recorder.count("start " + name);
            long ended = recorder.count("end " + name + " " + task.state());
            long skipped = recorder.count("skipped " + name);
            long rejected = recorder.count("rejected " + name);
            assertThat(started)
                    .as("start and end of %s: %s", name, recorder.events())
                    .isEqualTo(ended);
            assertThat(ended + skipped + rejected)
                    .as("ends of %s: %s", name, recorder.events())
                    .isOne();
            assertThat(skipped == 1).isEqualTo(task.state() == State.SKIPPED);
        }
        assertThat(group.snapshot())
                .extracting(
                        s -> s.submitted(), s -> s.succeeded(), s -> s.failed(), s -> s.cancelled(), s -> s.skipped())
                .containsExactly(
                        (long) TASKS,
                        count(tasks, State.SUCCEEDED),
                        count(tasks, State.FAILED),
                        count(tasks, State.CANCELLED),
                        count(tasks, State.SKIPPED));
    }

    private static long count(List<Subtask<Integer>> tasks, State state) {
        return tasks.stream().filter(task -> task.state() == state).count();
    }
}
