package io.github.errgroup.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.errgroup.sample.demo.Runs.Run;
import io.github.errgroup.sample.web.BadInputException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
class RunsTest {
    @Autowired
    private Runs runs;

    @Test
    void a_run_that_still_runs_is_kept_however_many_come_after_it() {
        Run running = runs.start(plan("importer", 200)); // 20 s
        Run ended = runs.start(plan("storefront", 1));
        cancel(ended);
        for (int i = 0; i < 25; i++) {
            cancel(runs.start(plan("storefront", 1)));
        }

        assertThat(runs.get(running.id())).isSameAs(running);
        assertThatThrownBy(() -> runs.get(ended.id())).isInstanceOf(BadInputException.class);

        cancel(running);
        runs.start(plan("storefront", 1));
        assertThatThrownBy(() -> runs.get(running.id())).isInstanceOf(BadInputException.class);
    }

    @Test
    void the_first_success_of_a_race_cancels_the_others_and_a_failure_before_it_does_not() {
        List<RunEvent> events = eventsOf(new RunPlan.Request("race", 4, 1, 1, null, null)); // one after the other

        assertThat(endsOf(events, "failed")).containsExactly("mirror 1");
        assertThat(endsOf(events, "succeeded")).containsExactly("mirror 2");
        assertThat(endsOf(events, "skipped")).containsExactly("mirror 3", "mirror 4");
        assertThat(events)
                .filteredOn(RunEvent.Cancel.class::isInstance)
                .extracting(event -> ((RunEvent.Cancel) event).reason())
                .containsExactly("enough");
        assertThat(outcomeOf(events)).isEqualTo("succeeded");
    }

    @Test
    void a_race_that_all_lose_has_failed() {
        assertThat(outcomeOf(eventsOf(new RunPlan.Request("race", 1, null, 1, null, null))))
                .isEqualTo("failed");
    }

    @Test
    void settle_takes_what_is_there_beside_what_failed_and_what_is_late() {
        List<RunEvent> events = eventsOf(new RunPlan.Request("settle", 4, 4, 1, null, null));
        assertThat(endsOf(events, "failed")).hasSize(1);
        assertThat(endsOf(events, "succeeded")).hasSize(3);

        List<RunEvent> late = eventsOf(new RunPlan.Request("settle", 4, 4, null, 50L, null));
        assertThat(endsOf(late, "cancelled")).isNotEmpty();
        assertThat(outcomeOf(late)).isEqualTo("timed_out");
    }

    @Test
    void of_four_tools_of_a_model_the_slow_one_is_cut_off_and_the_failing_one_is_an_answer_to_it() {
        List<RunEvent> events = eventsOf(new RunPlan.Request("tools", 4, 4, 2, null, null));

        assertThat(endsOf(events, "succeeded"))
                .as("Spring AI handles an exception")
                .hasSize(3);
        assertThat(events)
                .filteredOn(RunEvent.Told.class::isInstance)
                .extracting(event -> ((RunEvent.Told) event).tool())
                .startsWith(taskOf(events, 1));
        assertThat(endsOf(events, "failed")).containsExactly(taskOf(events, 3));
        assertThat(events)
                .filteredOn(event ->
                        event instanceof RunEvent.Task task && task.state().equals("failed"))
                .extracting(event -> ((RunEvent.Task) event).failure())
                .singleElement()
                .asString()
                .contains("ran for longer than its taskTimeout of PT2S");
        assertThat(events).noneMatch(RunEvent.Cancel.class::isInstance);
    }

    private static String taskOf(List<RunEvent> events, long index) {
        return events.stream()
                .filter(event -> event instanceof RunEvent.Task task && task.task() == index)
                .map(event -> ((RunEvent.Task) event).name())
                .findFirst()
                .orElseThrow();
    }

    private List<RunEvent> eventsOf(RunPlan.Request request) {
        Run run = runs.start(RunPlan.of(request));
        Awaitility.await().until(run.recorder()::hasEnded);
        return run.recorder().from(0);
    }

    /** The names of the tasks that ended in a state. */
    private static List<String> endsOf(List<RunEvent> events, String state) {
        return events.stream()
                .filter(event ->
                        event instanceof RunEvent.Task task && task.state().equals(state))
                .map(event -> ((RunEvent.Task) event).name())
                .toList();
    }

    private static String outcomeOf(List<RunEvent> events) {
        return ((RunEvent.End) events.get(events.size() - 1)).state();
    }

    private static void cancel(Run run) {
        run.group().cancel();
        Awaitility.await().until(run.recorder()::hasEnded);
    }

    private static RunPlan plan(String scenario, int tasks) {
        return RunPlan.of(new RunPlan.Request(scenario, tasks, null, null, null, null));
    }
}
