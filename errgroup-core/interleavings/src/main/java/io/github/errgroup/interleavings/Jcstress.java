package io.github.errgroup.interleavings;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of jcstress in a JVM of its own. */
final class Jcstress {
    private static final Pattern RESULTS = Pattern.compile(
            "\\(Results: (\\d+) planned; (\\d+) passed, (\\d+) failed, (\\d+) soft errs, (\\d+) hard errs\\)");

    /** What came out of it. */
    record Result(int passed, int failed, int errors, String output) {
        boolean isGood() {
            return passed > 0 && failed == 0 && errors == 0;
        }
    }

    private final Path jar;

    private final int iterations;

    private final int millis;

    /**
     * @param jar the tests, jcstress and the engine
     * @param iterations per test, above zero
     * @param millis per iteration, above zero
     */
    Jcstress(Path jar, int iterations, int millis) {
        this.jar = jar;
        this.iterations = iterations;
        this.millis = millis;
    }

    /**
     * Runs the tests.
     *
     * @param tests a regular expression for their names
     * @param first what stands before the jar on the class path; empty for nothing
     * @param folder where jcstress leaves its report
     */
    Result run(String tests, String first, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path output = folder.resolve("output.txt");
        String classPath = (first.isEmpty() ? "" : first + File.pathSeparator) + jar;
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        "org.openjdk.jcstress.Main",
                        "-t",
                        tests,
                        "-f",
                        "1",
                        "-fsm",
                        "1",
                        "-iters",
                        Integer.toString(iterations),
                        "-time",
                        Integer.toString(millis),
                        "-sc",
                        "false",
                        "-af",
                        "NONE",
                        "-jvmArgs",
                        "-Xmx512m",
                        "-r",
                        folder.toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.waitFor();
        String text = Files.readString(output);
        int passed = 0;
        int failed = 0;
        int errors = 1;
        Matcher results = RESULTS.matcher(text);
        while (results.find()) {
            int planned = Integer.parseInt(results.group(1));
            passed = Integer.parseInt(results.group(2));
            failed = Integer.parseInt(results.group(3));
            errors = planned - passed - failed;
        }
        return new Result(passed, failed, errors, text);
    }
}
