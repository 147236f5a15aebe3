package io.github.errgroup.interleavings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs the interleaving tests, and proves them: on the engine as it is every test passes; with a fault in it the test
 * that the fault stands beside fails. Ends with 1 if either is not so.
 */
public final class Prove {
    /** How often a fault is looked for before it counts as missed. */
    private static final int ROUNDS = 4;

    private final FaultyEngine faulty;

    private final Jcstress jcstress;

    private final Path target;

    private final List<String> complaints = new ArrayList<>();

    private Prove(Path jar, Path sources, Path target, int iterations, int millis) {
        this.faulty = new FaultyEngine(sources, jar);
        this.jcstress = new Jcstress(jar, iterations, millis);
        this.target = target;
    }

    /**
     * Runs it.
     *
     * @param arguments the jar, the root of the core's sources, a folder to write to, iterations per test, milliseconds
     *     per iteration, and optionally a regular expression that narrows the tests
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Prove prove = new Prove(
                Path.of(arguments[0]).toAbsolutePath(),
                Path.of(arguments[1]),
                Path.of(arguments[2]).toAbsolutePath(),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]));
        Pattern chosen = Pattern.compile(arguments.length > 5 ? arguments[5] : ".*");
        List<Class<?>> tests = tests().stream()
                .filter(test -> chosen.matcher(test.getSimpleName()).matches())
                .collect(Collectors.toList());
        prove.compileFaults(tests);
        prove.engine(tests);
        for (Class<?> test : tests) {
            prove.faults(test);
        }
        prove.complaints.forEach(complaint -> System.out.println("NOT PROVED: " + complaint));
        System.exit(prove.complaints.isEmpty() ? 0 : 1);
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

    private void engine(List<Class<?>> tests) throws IOException, InterruptedException {
        Jcstress.Result result = jcstress.run(pattern(tests), "", target.resolve("engine"));
        System.out.printf(
                "the engine as it is: %d tests, %d runs passed, %d failed, %d errors%n",
                tests.size(), result.passed(), result.failed(), result.errors());
        if (!result.isGood()) {
            System.out.println(result.output());
            complaints.add("the engine as it is");
        }
    }

    /** All of them first: a fault that no longer fits is told at once. */
    private void compileFaults(List<Class<?>> tests) throws IOException {
        for (Class<?> test : tests) {
            SeededFault[] faults = test.getAnnotationsByType(SeededFault.class);
            if (faults.length == 0) {
                throw new IllegalStateException(test.getSimpleName() + " has no seeded fault beside it");
            }
            for (int i = 0; i < faults.length; i++) {
                faulty.compile(faults[i], folder(test, i));
            }
        }
    }

    private Path folder(Class<?> test, int fault) {
        return target.resolve(test.getSimpleName() + "-" + fault);
    }

    private void faults(Class<?> test) throws IOException, InterruptedException {
        SeededFault[] faults = test.getAnnotationsByType(SeededFault.class);
        for (int i = 0; i < faults.length; i++) {
            SeededFault fault = faults[i];
            String what = test.getSimpleName() + ": " + fault.value();
            if (Runtime.version().feature() < fault.since()) {
                System.out.println("no race " + what + " (from Java " + fault.since() + " on)");
                continue;
            }
            String classes = FaultyEngine.classes(folder(test, i)).toString();
            Jcstress.Result result = jcstress.run(
                    pattern(List.of(test)), classes, folder(test, i).resolve("report"));
            // An error (a crash, a hang) is no find: the test did not tell.
            boolean found = result.failed() > 0 && result.errors() == 0;
            System.out.println((found ? "found   " : "MISSED  ") + what);
            if (!found) {
                complaints.add(what + " (" + result.passed() + " passed, " + result.failed() + " failed, "
                        + result.errors() + " errors)");
            }
        }
    }

    private static String pattern(List<Class<?>> tests) {
        return tests.stream()
                .map(test -> test.getName().replace(".", "\\."))
                .collect(Collectors.joining("|", "^(", ")$"));
    }
}
