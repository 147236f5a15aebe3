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

    private static final Settings SETTINGS = new Settings(1, 5, 3, 500, List.of(), List.of(), List.of());

    private final Forks forks = new Forks(SETTINGS);

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
            Scenario scenario = Scenario.named(parts[0]);
            kept &= holds(scenario, parts[1]) || holds(scenario, parts[1]);
        }
        return kept;
    }

    private boolean holds(Scenario scenario, String caller) throws Exception {
        List<Target> targets = Target.all().stream()
                .filter(target -> target.scenario().equals(scenario.id())
                        && target.caller().equals(caller)
                        && (target.setting().equals(forks.setting()) || target.kind() == Target.Kind.BYTES))
                .toList();
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("'" + scenario.id() + "/" + caller + "': must have a target on "
                    + forks.setting() + " processor(s)");
        }
        Results results = measure(scenario, caller, targets);
        boolean holds = true;
        for (Target target : targets) {
            Optional<Double> reached = results.row(forks.setting(), scenario.id(), target.caller(), target.rival())
                    .map(row -> value(target, row));
            double bound = target.bound() * GENEROSITY;
            boolean kept = reached.isPresent() && reached.get() <= bound;
            System.out.printf(
                    "%-7s %-4s %-14s %-8s %-15s %s, bound %s%n",
                    kept ? "kept" : "broken",
                    forks.setting(),
                    scenario.id(),
                    caller,
                    target.rival(),
                    reached.map(target.kind()::text).orElse("not measured"),
                    target.kind().text(bound));
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

    private Results measure(Scenario scenario, String caller, List<Target> targets) throws Exception {
        Rival reference = Rivals.named(Rivals.REFERENCE);
        List<Rival> order = new ArrayList<>(List.of(reference));
        targets.stream().map(Target::rival).distinct().map(Rivals::named).forEach(order::add);
        order.add(reference);
        List<Figure> figures = new ArrayList<>();
        for (Rival rival : order) {
            figures.add(forks.group(scenario.id(), scenario, scenario.tasks(), caller, rival, 1));
        }
        return Results.of(figures);
    }
}
