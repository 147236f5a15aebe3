package io.github.errgroup.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.errgroup.sample.demo.Runs.Run;
import io.github.errgroup.sample.web.BadInputException;
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

    private static void cancel(Run run) {
        run.group().cancel();
        Awaitility.await().until(run.recorder()::hasEnded);
    }

    private static RunPlan plan(String scenario, int tasks) {
        return RunPlan.of(new RunPlan.Request(scenario, tasks, null, null, null, null));
    }
}
