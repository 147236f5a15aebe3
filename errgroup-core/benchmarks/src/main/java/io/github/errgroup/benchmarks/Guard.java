package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.results.Figure;
import io.github.errgroup.benchmarks.results.Results;
import io.github.errgroup.benchmarks.results.Row;
import io.github.errgroup.benchmarks.results.Target;
import io.github.errgroup.benchmarks.rivals.Rival;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A few scenarios against bounds of twice their targets: finds what became slower by a factor, on a machine that others
 * use too. A scenario that breaks a bound is measured once more, and fails if it does so again.
 */
public final class Guard {
    private static final double GENEROSITY = 2;

    /** Missed by a factor (ADR 0006). What became slower shows against the semaphore, with the same tasks. */
    private static final String UNGUARDED = "queued-pool";

    /** As warm as a full run: with meters, or in 10,000 blocked tasks, code is compiled late. */
    private final Forks forks = new Forks(Settings.FULL);

    private Guard() {}

    /**
     * Measures, prints each bound with what was reached, and ends with status 1 if one was broken twice.
     *
     * @param args what to measure, as scenario and caller: {@code three-tasks/virtual limit-10/platform}
     * @throws Exception a benchmark failed, or there is none of that name
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            throw new IllegalArgumentException("nothing to measure: name scenarios, as in three-tasks/virtual");
        }
        boolean kept = new Guard().run(List.of(args));
        System.out.println(kept ? "guard: kept" : "guard: BROKEN");
        System.exit(kept ? 0 : 1);
    }

    private boolean run(List<String> cases) throws Exception {
        boolean kept = true;
        for (String each : cases) {
            String[] parts = each.split("/");
            if (parts.length != 2) {
                throw new IllegalArgumentException("'" + each + "': must be scenario/caller");
            }
            kept &= holds(parts[0], parts[1]) || holds(parts[0], parts[1]);
        }
        return kept;
    }

    private boolean holds(String scenario, String caller) throws Exception {
        List<Target> targets = Target.all().stream()
                .filter(target -> target.scenario().equals(scenario)
                        && target.caller().equals(caller)
                        && !target.against().equals(UNGUARDED)
                        && (target.setting().equals(forks.setting()) || target.kind() == Target.Kind.BYTES))
                .toList();
        if (targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + scenario + "/" + caller + "': must have a target on " + forks.setting() + " processor(s)");
        }
        Results results = measure(scenario, caller, targets);
        boolean holds = true;
        for (Target target : targets) {
            Optional<Double> reached = target.reached(results, forks.setting(), row -> value(target, row));
            double bound = target.bound() * GENEROSITY;
            boolean kept = reached.isPresent() && reached.get() <= bound;
            System.out.printf(
                    "%-7s %-4s %-15s %-8s %-17s %s, bound %s%s%n",
                    kept ? "kept" : "broken",
                    forks.setting(),
                    scenario,
                    caller,
                    target.rival(),
                    reached.map(target.kind()::text).orElse("not measured"),
                    target.kind().text(bound),
                    target.isAgainstReference() ? "" : " of " + target.against());
            holds &= kept;
        }
        return holds;
    }

    /** Processor time in place of time: of what else the machine does, nothing is in it. */
    private static double value(Target target, Row row) {
        return target.kind() == Target.Kind.TIME
                ? row.cpuRatio()
                : target.kind().of(row);
    }

    private Results measure(String scenario, String caller, List<Target> targets) throws Exception {
        List<String> against = targets.stream().map(Target::against).distinct().toList();
        List<String> order = new ArrayList<>(List.of(Rivals.REFERENCE));
        against.stream().filter(rival -> !rival.equals(Rivals.REFERENCE)).forEach(order::add);
        targets.stream().map(Target::rival).distinct().forEach(order::add);
        order.addAll(against);
        List<Figure> figures = new ArrayList<>();
        for (String rival : order) {
            figures.add(figure(scenario, caller, Rivals.named(rival)));
        }
        return Results.of(figures);
    }

    private Figure figure(String scenario, String caller, Rival rival) throws Exception {
        Optional<Ending> ending = Ending.named(scenario);
        if (ending.isPresent()) {
            return forks.cancel(ending.get(), rival, 1);
        }
        Scenario repeated = Scenario.named(scenario);
        return forks.group(scenario, repeated, repeated.tasks(), caller, rival, 1);
    }
}
