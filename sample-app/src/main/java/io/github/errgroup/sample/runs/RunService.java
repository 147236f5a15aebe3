package io.github.errgroup.sample.runs;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.sample.imports.ImportPipeline;
import io.github.errgroup.sample.imports.ImportProgress;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.stereotype.Service;

/** Starts runs. Thread-safe. */
@Service
class RunService {
    private static final Logger log = LoggerFactory.getLogger(RunService.class);

    private static final int ROWS_PER_TASK = 1_000;

    private final ErrGroups groups;

    private final SupplierCalls calls;

    private final ImportPipeline imports;

    private final RunLog runs;

    private final AsyncTaskExecutor executor;

    RunService(
            ErrGroups groups,
            SupplierCalls calls,
            ImportPipeline imports,
            RunLog runs,
            AsyncTaskExecutor applicationTaskExecutor) {
        this.groups = groups;
        this.calls = calls;
        this.imports = imports;
        this.runs = runs;
        this.executor = applicationTaskExecutor;
    }

    /**
     * Starts a run, and does not wait for it.
     *
     * @param plan what to run
     * @return the run
     */
    Run start(RunPlan plan) {
        RunRecorder recorder = new RunRecorder();
        ErrGroup group = groups.open(
                plan.scenario().group(), options -> plan.applyTo(options).listener(recorder));
        Run run = new Run(UUID.randomUUID().toString(), plan, group, recorder, new ImportProgress());
        recorder.limit(group.limit());
        runs.add(run);
        try {
            executor.execute(() -> carryOut(run));
        } catch (RuntimeException e) {
            group.close();
            throw e;
        }
        return run;
    }

    private void carryOut(Run run) {
        try (ErrGroup group = run.group()) {
            submit(run);
            group.await();
        } catch (ErrGroupException e) {
            // What the run was made to show, and the recorder has it.
            log.debug("a run ended early", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void submit(Run run) {
        RunPlan plan = run.plan();
        switch (plan.scenario()) {
            case STOREFRONT -> submit(run, calls.storefront(plan));
            case FETCHER -> submit(run, calls.fetcher(plan, run.group()));
            case IMPORTER -> {
                run.recorder().planned(List.of("preprocess", "validate", "save"));
                int badRow = plan.failAt() < 0 ? -1 : plan.failAt() * ROWS_PER_TASK + ROWS_PER_TASK / 2;
                imports.start(run.group(), new PacedCsv(plan.tasks() * ROWS_PER_TASK, badRow), run.progress());
            }
        }
    }

    /** Submits all, also after a failure: then the rest are skipped, and seen to be. */
    private static void submit(Run run, List<ScenarioTask> tasks) {
        run.recorder().planned(tasks.stream().map(ScenarioTask::name).toList());
        for (ScenarioTask task : tasks) {
            run.group().go(task.name(), task.body());
        }
    }
}
