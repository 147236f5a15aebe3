package io.github.errgroup.interleavings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs the interleaving tests, and proves them: on the engine as it is every test passes; with a fault in it the test
 * that the fault stands beside fails. Ends with 1 if either is not so.
 */
public final class Prove {
    private final Jcstress jcstress;

    private final Effort effort;

    private final Path target;

    private final List<String> complaints = new ArrayList<>();

    private Prove(Path jar, Effort effort, Path target) {
        this.jcstress = new Jcstress(jar);
        this.effort = effort;
        this.target = target;
    }

    /**
     * Runs it.
     *
     * @param arguments the jar; the root of the core's sources; a folder to write to; {@code short} or {@code long}; a
     *     regular expression that narrows the tests; how many times each fault is looked for, from 1
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Path jar = Path.of(arguments[0]).toAbsolutePath();
        Path target = Path.of(arguments[2]).toAbsolutePath();
        Pattern chosen = Pattern.compile(arguments[4]);
        int times = Integer.parseInt(arguments[5]);
        if (times < 1) {
            throw new IllegalArgumentException("times = " + times + ": must be 1 or more");
        }
        List<Class<?>> tests = tests().stream()
                .filter(test -> chosen.matcher(test.getSimpleName()).matches())
                .collect(Collectors.toList());
        if (tests.isEmpty()) {
            throw new IllegalArgumentException("no test is called '" + chosen + "'");
        }
        Prove prove = new Prove(jar, Effort.valueOf(arguments[3].toUpperCase(Locale.ROOT)), target);
        // All of them first: a fault that no longer fits is told at once.
        List<Fault> faults = compile(new FaultyEngine(Path.of(arguments[1]), jar, target), tests);
        System.out.printf("%d faults compiled, %.0f s%n", faults.size(), seconds(start));
        tests.removeIf(test -> faults.stream().noneMatch(fault -> fault.test() == test));
        if (tests.isEmpty()) {
            throw new IllegalArgumentException("no race of '" + chosen + "' below the Java that it is told for");
        }
        prove.engine(tests);
        prove.faults(faults, times);
        prove.complaints.forEach(complaint -> System.out.println("NOT PROVED: " + complaint));
        System.out.printf(
                "%s on JDK %s: %d tests, %d faults, %.0f s%n",
                prove.complaints.isEmpty() ? "proved" : "NOT PROVED",
                Runtime.version().feature(),
                tests.size(),
                faults.size(),
                seconds(start));
        System.exit(prove.complaints.isEmpty() ? 0 : 1);
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static List<Class<?>> tests() {
        List<Class<?>> tests = new ArrayList<>();
        for (String name : TestList.tests()) {
            try {
                tests.add(Class.forName(name));
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("listed, and not there: " + name, e);
            }
        }
        tests.sort(Comparator.comparing(Class::getSimpleName));
        return tests;
    }

    private static List<Fault> compile(FaultyEngine engine, List<Class<?>> tests) throws IOException {
        List<Fault> compiled = new ArrayList<>();
        for (Class<?> test : tests) {
            SeededFault[] seeds = test.getAnnotationsByType(SeededFault.class);
            if (seeds.length == 0) {
                throw new IllegalStateException(test.getSimpleName() + " has no seeded fault beside it");
            }
            for (int i = 0; i < seeds.length; i++) {
                Fault fault = engine.compile(test, i, seeds[i]);
                if (Runtime.version().feature() >= seeds[i].since()) {
                    compiled.add(fault);
                } else {
                    System.out.println("no race below Java " + seeds[i].since() + ": " + fault);
                }
            }
        }
        return compiled;
    }

    private void engine(List<Class<?>> tests) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Path folder = target.resolve("engine");
        Map<String, Jcstress.Verdict> verdicts =
                jcstress.run(tests, effort.engine, effort.biasedLocking, folder, new Progress()::tell);
        int passed = 0;
        for (Class<?> test : tests) {
            Jcstress.Verdict verdict = verdicts.getOrDefault(test.getName(), Jcstress.Verdict.NONE);
            if (verdict.isGood()) {
                passed++;
            } else {
                complaints.add(test.getSimpleName() + " on the engine as it is: " + verdict);
            }
        }
        System.out.printf("the engine as it is: %d of %d tests passed, %.0f s%n", passed, tests.size(), seconds(start));
        if (passed < tests.size()) {
            System.out.println(Files.readString(folder.resolve("output.txt")));
        }
    }

    private void faults(List<Fault> faults, int times) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Map<Fault, List<String>> rounds = new LinkedHashMap<>();
        faults.forEach(fault -> rounds.put(fault, new ArrayList<>()));
        int found = 0;
        for (int time = 1; time <= times; time++) {
            System.out.printf("looking for %d faults, %d of %d%n", faults.size(), time, times);
            Path reports = target.resolve("time-" + time);
            Map<Fault, Integer> inRound = new FaultSearch(jcstress, effort.faults, reports).lookFor(faults);
            found += inRound.size();
            rounds.forEach((fault, of) ->
                    of.add(inRound.containsKey(fault) ? inRound.get(fault).toString() : "-"));
        }
        rounds.forEach((fault, of) -> {
            long finds = of.stream().filter(round -> !round.equals("-")).count();
            System.out.printf(
                    "%s %d of %d (rounds %s)  %s%n",
                    finds == times ? "found " : "MISSED", finds, times, String.join(" ", of), fault);
            if (finds < times) {
                complaints.add(fault + " was found " + finds + " times of " + times);
            }
        });
        System.out.printf(
                "%d faults, %d times each: %d found, %d missed, %.0f s%n",
                faults.size(), times, found, faults.size() * times - found, seconds(start));
    }

    /** Tells what passed so far, with the time. */
    private static final class Progress {
        private long lastNanos = System.nanoTime();

        void tell(String test, Jcstress.Verdict soFar) {
            long now = System.nanoTime();
            String what = soFar.isGood() ? "passed" : soFar.errors() > 0 ? "error" : "FAILED";
            System.out.printf(
                    "  %5.1f s  %-8s %s%n", (now - lastNanos) / 1e9, what, test.substring(test.lastIndexOf('.') + 1));
            lastNanos = now;
        }
    }
}
