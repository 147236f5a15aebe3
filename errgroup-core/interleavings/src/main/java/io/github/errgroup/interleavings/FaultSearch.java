package io.github.errgroup.interleavings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for all faults, in growing rounds: most are found within a fifth of a second, a few take their time, and none is
 * given up before the last round.
 */
final class FaultSearch {
    private final Jcstress jcstress;

    private final List<Effort.Round> rounds;

    private final Path target;

    /** Runs of jcstress so far. */
    private int runs;

    /** When the last result came in. */
    private long lastNanos;

    /** @param target where jcstress leaves its reports */
    FaultSearch(Jcstress jcstress, List<Effort.Round> rounds, Path target) {
        this.jcstress = jcstress;
        this.rounds = rounds;
        this.target = target;
    }

    /** Looks for faults. Returns those found, with the number of the round, from 1. */
    Map<Fault, Integer> lookFor(List<Fault> faults) throws IOException, InterruptedException {
        Map<Fault, Integer> found = new LinkedHashMap<>();
        for (int number = 1; number <= rounds.size() && found.size() < faults.size(); number++) {
            List<Fault> wanted = new ArrayList<>(faults);
            wanted.removeAll(found.keySet());
            if (number > 1) {
                System.out.printf("  round %d: %d not found yet%n", number, wanted.size());
            }
            while (!wanted.isEmpty()) {
                List<Fault> together = oneForEachTest(wanted);
                wanted.removeAll(together);
                for (Fault fault : run(together, number)) {
                    found.put(fault, number);
                }
            }
        }
        return found;
    }

    /** Takes one fault of each test, since a test's name tells which fault is meant. */
    private static List<Fault> oneForEachTest(List<Fault> wanted) {
        List<Fault> together = new ArrayList<>();
        Set<Class<?>> tests = new HashSet<>();
        for (Fault fault : wanted) {
            if (tests.add(fault.test())) {
                together.add(fault);
            }
        }
        return together;
    }

    private List<Fault> run(List<Fault> together, int number) throws IOException, InterruptedException {
        Map<String, Fault> byTest = new HashMap<>();
        together.forEach(fault -> byTest.put(fault.test().getName(), fault));
        lastNanos = System.nanoTime();
        Map<String, Jcstress.Verdict> verdicts = jcstress.runFaulty(
                together,
                rounds.get(number - 1),
                target.resolve("run-" + ++runs),
                (test, verdict) -> tell(byTest.get(test), verdict, number));
        List<Fault> found = new ArrayList<>();
        verdicts.forEach((test, verdict) -> {
            if (verdict.isFind()) {
                found.add(byTest.get(test));
            }
        });
        return found;
    }

    private void tell(Fault fault, Jcstress.Verdict soFar, int number) {
        long now = System.nanoTime();
        String what = soFar.errors() > 0 ? "error" : soFar.failed() > 0 ? "found" : "not yet";
        System.out.printf("  %5.1f s  round %d  %-8s %s%n", (now - lastNanos) / 1e9, number, what, fault);
        lastNanos = now;
    }
}
