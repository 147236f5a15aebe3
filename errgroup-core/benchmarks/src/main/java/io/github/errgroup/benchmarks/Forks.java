package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.results.Figure;
import io.github.errgroup.benchmarks.rivals.Rival;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Starts one JVM per figure. It inherits the processors that this one is pinned to. */
final class Forks {
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx4g");

    private final Settings settings;
    private final String setting;
    private final long tokens;

    Forks(Settings settings) {
        this.settings = settings;
        this.setting = Runtime.getRuntime().availableProcessors() == 1 ? "one" : "both";
        this.tokens = tokensOfTenMicroseconds();
    }

    /**
     * How the processors are called in the results.
     *
     * @return "one" if this JVM has one processor, else "both"
     */
    String setting() {
        return setting;
    }

    /**
     * One figure of a scenario.
     *
     * @param id the scenario's name in the results
     * @param scenario what to run
     * @param tasks how many tasks a run has
     * @param caller "virtual" or "platform"
     * @param rival who runs it
     * @param round which round, from 1
     * @return time and bytes per unit
     * @throws RunnerException the benchmark failed
     */
    Figure group(String id, Scenario scenario, int tasks, String caller, Rival rival, int round)
            throws RunnerException {
        int batch = scenario.batch(tasks, caller);
        Score score = jmh(options(GroupBenchmark.class)
                .param("scenario", scenario.id())
                .param("rival", rival.id())
                .param("tasks", Integer.toString(tasks))
                .param("batch", Integer.toString(batch))
                .param("caller", caller)
                .param("tokens", Long.toString(tokens))
                .warmupIterations(scenario.warmups(settings.warmups())));
        double units = (double) batch * scenario.units(tasks);
        return new Figure(
                setting,
                id,
                caller,
                rival.id(),
                tasks,
                round,
                score.nanos / units,
                score.cpuNanos / units,
                score.bytes / units);
    }

    /**
     * One figure of {@link CancelBenchmark}.
     *
     * @param ending how the tasks are blocked
     * @param rival who runs it
     * @param round which round, from 1
     * @return the time from failure to return, and the bytes that a whole group allocated per task
     * @throws RunnerException the benchmark failed
     */
    Figure cancel(Ending ending, Rival rival, int round) throws RunnerException {
        Score score =
                jmh(options(CancelBenchmark.class).param("ending", ending.id()).param("rival", rival.id()));
        int tasks = CancelBenchmark.TASKS;
        return new Figure(
                setting,
                ending.id(),
                "virtual",
                rival.id(),
                tasks,
                round,
                score.nanos,
                score.cpuNanos,
                score.bytes / tasks);
    }

    /**
     * One figure of {@link MillionBlocked}.
     *
     * @param rival who runs it
     * @param tasks how many tasks
     * @param round which round, from 1
     * @return the time of the release, and the live bytes per task
     * @throws IOException the JVM could not be started, or printed no figure
     * @throws InterruptedException this thread was interrupted
     */
    Figure million(Rival rival, int tasks, int round) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElse("java");
        Process process = new ProcessBuilder(
                        java,
                        "--enable-preview",
                        HEAP.get(1),
                        "-cp",
                        ManagementFactory.getRuntimeMXBean().getClassPath(),
                        MillionBlocked.class.getName(),
                        rival.id(),
                        Integer.toString(tasks))
                .redirectErrorStream(true)
                .directory(new File("."))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        String[] figures = output.lines()
                .filter(line -> line.startsWith(MillionBlocked.MARK))
                .findFirst()
                .orElseThrow(() -> new IOException(rival.id() + " printed no figure: " + output))
                .split(" ");
        return new Figure(
                setting,
                Ending.MILLION_BLOCKED.id(),
                "virtual",
                rival.id(),
                tasks,
                round,
                Double.parseDouble(figures[2]),
                Double.NaN,
                Double.parseDouble(figures[1]));
    }

    private ChainedOptionsBuilder options(Class<?> benchmark) {
        OptionsBuilder options = new OptionsBuilder();
        options.include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                .forks(1)
                .warmupIterations(settings.warmups())
                .warmupTime(TimeValue.milliseconds(settings.millis()))
                .measurementIterations(settings.iterations())
                .measurementTime(TimeValue.milliseconds(settings.millis()))
                .timeout(TimeValue.seconds(120))
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .jvmArgs("--enable-preview", HEAP.get(0), HEAP.get(1));
        return options;
    }

    private static Score jmh(ChainedOptionsBuilder options) throws RunnerException {
        Collection<RunResult> results = new Runner(options.build()).run();
        RunResult run = results.iterator().next();
        return new Score(
                run.getPrimaryResult().getScore(),
                secondary(run, CpuProfiler.RESULT),
                secondary(run, "gc.alloc.rate.norm"));
    }

    private static double secondary(RunResult run, String name) {
        Result<?> result = run.getSecondaryResults().get(name);
        return result == null ? Double.NaN : result.getScore();
    }

    /** Busy work of a fixed length would cost a clock reading per task; a fixed amount costs nothing. */
    private static long tokensOfTenMicroseconds() {
        long tokens = 1_000_000;
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            long start = System.nanoTime();
            Blackhole.consumeCPU(tokens);
            best = Math.min(best, System.nanoTime() - start);
        }
        return Math.max(1, TimeUnit.MICROSECONDS.toNanos(10) * tokens / best);
    }

    /**
     * What JMH says of one run.
     *
     * @param nanos its time
     * @param cpuNanos its processor time
     * @param bytes what it allocated
     */
    private record Score(double nanos, double cpuNanos, double bytes) {}
}
