package io.github.errgroup.sample.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.sample.imports.ImportProgress;
import io.github.errgroup.sample.web.BadInputException;
import org.junit.jupiter.api.Test;

class RunLogTest {
    private final RunLog log = new RunLog();

    @Test
    void a_run_that_still_runs_stays_however_many_come_after_it() {
        Run running = run("running");
        log.add(running);
        for (int i = 0; i < 30; i++) {
            Run run = run("ended-" + i);
            log.add(run);
            run.group().close();
        }

        assertThat(log.get("running")).isSameAs(running);
        assertThatThrownBy(() -> log.get("ended-0")).isInstanceOf(BadInputException.class);
        assertThat(log.get("ended-29").id()).isEqualTo("ended-29");

        running.group().close();
        log.add(run("one-more"));
        assertThatThrownBy(() -> log.get("running")).isInstanceOf(BadInputException.class);
    }

    private static Run run(String id) {
        RunRecorder recorder = new RunRecorder();
        RunPlan plan = RunPlan.of(new RunRequest("storefront", 1, null, null, null, null));
        ErrGroup group = ErrGroup.open(options -> options.listener(recorder));
        return new Run(id, plan, group, recorder, new ImportProgress());
    }
}
