package io.github.errgroup.sample.demo;

import static io.github.errgroup.Futures.future;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupContext;
import io.github.errgroup.sample.cluster.Members;
import io.github.errgroup.sample.demo.SupplierCalls.Call;
import io.github.errgroup.sample.imports.ImportPipeline;
import io.github.errgroup.sample.imports.ImportProgress;
import io.github.errgroup.sample.web.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.stereotype.Service;

/** Starts runs, and keeps the last ones. Thread-safe; {@code runs} is read and written under its own lock. */
@Service
class Runs {
    private static final Logger log = LoggerFactory.getLogger(Runs.class);

    private static final int MAX_RUNS = 20;

    private static final int ROWS_PER_TASK = 1_000;

    private final ErrGroups groups;

    private final SupplierCalls calls;

    private final ToolCalls tools;

    /** None without the profile "cluster". */
    private final ObjectProvider<Members> members;

    private final ImportPipeline imports;

    private final AsyncTaskExecutor executor;

    private final Map<String, Run> runs = new LinkedHashMap<>();

    Runs(
            ErrGroups groups,
            SupplierCalls calls,
            ToolCalls tools,
            ObjectProvider<Members> members,
            ImportPipeline imports,
            AsyncTaskExecutor applicationTaskExecutor) {
        this.groups = groups;
        this.calls = calls;
        this.tools = tools;
        this.members = members;
        this.imports = imports;
        this.executor = applicationTaskExecutor;
    }

    /**
     * One run.
     *
     * @param id in its URL
     * @param plan what is run
     * @param group open until the run has ended
     * @param recorder what happened
     * @param progress of an import; stays at zero in the other scenarios
     */
    record Run(String id, RunPlan plan, ErrGroup group, RunRecorder recorder, ImportProgress progress) {}

    /** Starts a run, and does not wait for it. */
    Run start(RunPlan plan) {
        if (plan.scenario() == Scenario.CLUSTER && members.getIfAvailable() == null) {
            throw new BadInputException("scenario", "cluster", "must be run with --spring.profiles.active=cluster");
        }
        RunRecorder recorder = new RunRecorder();
        ErrGroup group = groups.open(plan.scenario().group(), options -> {
            plan.applyTo(options);
            options.listener(recorder);
        });
        Run run = new Run(UUID.randomUUID().toString(), plan, group, recorder, new ImportProgress());
        recorder.limit(group.limit());
        keep(run);
        try {
            executor.execute(() -> carryOut(run));
        } catch (RuntimeException e) {
            group.close();
            throw e;
        }
        return run;
    }

    /** Keeps it, and forgets the oldest one that has ended if there are too many. */
    private void keep(Run run) {
        synchronized (runs) {
            runs.put(run.id(), run);
            if (runs.size() > MAX_RUNS) {
                runs.values().stream()
                        .filter(old -> old.recorder().hasEnded())
                        .findFirst()
                        .ifPresent(old -> runs.remove(old.id()));
            }
        }
    }

    Run get(String id) {
        synchronized (runs) {
            Run run = runs.get(id);
            if (run == null) {
                throw BadInputException.notFound("id", id, "must be the id of one of the last " + MAX_RUNS + " runs");
            }
            return run;
        }
    }

    private void carryOut(Run run) {
        try (ErrGroup group = run.group()) {
            submit(run, group);
            if (run.plan().scenario() == Scenario.SETTLE) {
                group.settle(); // no exception for what failed or is late
            } else {
                group.await();
            }
        } catch (ErrGroupException e) {
            // Most runs are made to fail; the recorder has the details.
            log.debug("run {} ended early", run.id(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Submits all tasks, after a failure too: then the rest is skipped, and the page shows it. */
    private void submit(Run run, ErrGroup group) {
        RunPlan plan = run.plan();
        if (plan.scenario() == Scenario.IMPORTER) {
            run.recorder().planned(List.of("preprocess", "validate", "save"));
            int badRow = plan.failAt() < 0 ? -1 : plan.failAt() * ROWS_PER_TASK + ROWS_PER_TASK / 2;
            imports.start(group, PacedCsv.of(plan.tasks() * ROWS_PER_TASK, badRow), run.progress());
            return;
        }
        List<Call> planned = calls.of(plan);
        run.recorder().planned(planned.stream().map(Call::name).toList());
        if (plan.scenario() == Scenario.TOOLS) {
            String answer = tools.answer(planned, group, run.recorder()::told);
            log.debug("run {}: {}", run.id(), answer);
            return;
        }
        for (Call call : planned) {
            switch (plan.scenario()) {
                case FETCHER -> group.go(call.name(), () -> calls.fetch(call, group.context()));
                case CLUSTER -> group.go(call.name(), future(() -> askOverThere(call, group.context())));
                default -> group.go(call.name(), () -> calls.quote(call));
            }
        }
    }

    /** The time that is left goes with the question: it ends the task over there if this process dies. */
    private Future<String> askOverThere(Call call, GroupContext context) {
        return members.getObject().ask(calls.url(call), context.remaining().orElseThrow());
    }
}
