package io.github.errgroup.interleavings;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Runs of jcstress, each in a JVM of its own, which starts one for each test and configuration. */
final class Jcstress {
    /** Where one configuration of one test begins, as jcstress tells it when it is done. */
    private static final Pattern VERDICT = Pattern.compile("[ .]*\\[([A-Z ]+)] (io\\.github\\.errgroup\\.\\w+)");

    /** From here on the same is told again, by test. */
    private static final String SUMMARY = "RUN RESULTS:";

    /**
     * What came out for one test.
     *
     * @param passed configurations of the JVM in which it passed
     * @param failed configurations in which it saw what is forbidden
     * @param errors configurations in which it crashed, hung or was left out
     */
    record Verdict(int passed, int failed, int errors) {
        static final Verdict NONE = new Verdict(0, 0, 0);

        private Verdict and(String status) {
            return switch (status) {
                case "OK" -> new Verdict(passed + 1, failed, errors);
                case "FAILED" -> new Verdict(passed, failed + 1, errors);
                default -> new Verdict(passed, failed, errors + 1);
            };
        }

        boolean isGood() {
            return passed > 0 && failed == 0 && errors == 0;
        }

        /** An error (a crash, a hang) is no find: the test did not tell. */
        boolean isFind() {
            return failed > 0 && errors == 0;
        }
    }

    private final Path jar;

    /** @param jar the tests, jcstress, the engine and the {@link FaultAgent} */
    Jcstress(Path jar) {
        this.jar = jar;
    }

    /**
     * Runs tests on the engine as it is.
     *
     * @param biasedLocking whether a JDK that still has biased locking runs each test with it, too
     * @param folder where jcstress leaves its report, and its output as {@code output.txt}
     * @param listener told as each configuration of a test is done
     */
    Map<String, Verdict> run(
            Collection<Class<?>> tests,
            Effort.Round round,
            boolean biasedLocking,
            Path folder,
            BiConsumer<String, Verdict> listener)
            throws IOException, InterruptedException {
        return run(tests, round, folder, biasedLocking ? "" : agent(folder), listener);
    }

    /** Runs the tests of faults, each on the engine with its fault, and no test twice. */
    Map<String, Verdict> runFaulty(
            List<Fault> faults, Effort.Round round, Path folder, BiConsumer<String, Verdict> listener)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        FaultAgent.write(faults, folder.resolve("faults.properties"));
        List<Class<?>> tests = faults.stream().map(Fault::test).collect(Collectors.toList());
        return run(tests, round, folder, agent(folder) + "=faults.properties", listener);
    }

    /** Relative to the folder that it runs in: jcstress takes a space for the end of an argument. */
    private String agent(Path folder) {
        return " -javaagent:" + folder.relativize(jar);
    }

    private Map<String, Verdict> run(
            Collection<Class<?>> tests,
            Effort.Round round,
            Path folder,
            String options,
            BiConsumer<String, Verdict> listener)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Process process = new ProcessBuilder(command(tests, round, folder, options))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        Map<String, Verdict> verdicts = new HashMap<>();
        try (BufferedReader reader = process.inputReader();
                var output = Files.newBufferedWriter(folder.resolve("output.txt"))) {
            boolean live = true;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.write(line);
                output.newLine();
                live &= !line.equals(SUMMARY);
                Matcher verdict = VERDICT.matcher(line);
                if (live && verdict.matches()) {
                    String test = verdict.group(2);
                    verdicts.put(test, verdicts.getOrDefault(test, Verdict.NONE).and(verdict.group(1)));
                    listener.accept(test, verdicts.get(test));
                }
            }
        }
        process.waitFor();
        return verdicts;
    }

    private List<String> command(Collection<Class<?>> tests, Effort.Round round, Path folder, String options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", jar.toString(), "org.openjdk.jcstress.Main"));
        command.addAll(List.of("-t", pattern(tests)));
        command.addAll(List.of("-f", "1", "-fsm", "1"));
        command.addAll(List.of("-iters", Integer.toString(round.iterations())));
        command.addAll(List.of("-time", Integer.toString(round.millis())));
        // Before a test jcstress tries how many strides fit, and an iteration ends with the last of them. With the
        // usual
        // strides both take seconds, with ten they take longer than the test.
        command.addAll(List.of("-strideCount", "1"));
        command.addAll(List.of("-sc", "false", "-af", "NONE", "-v"));
        command.addAll(List.of("-jvmArgs", "-Xmx512m" + options, "-r", folder.toString()));
        return command;
    }

    private static String pattern(Collection<Class<?>> tests) {
        return tests.stream()
                .map(test -> test.getName().replace(".", "\\."))
                .collect(Collectors.joining("|", "^(", ")$"));
    }
}
