package io.github.errgroup.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where and when the figures were taken.
 *
 * @param processor the processor's model and how many there are
 * @param system the operating system
 * @param jdk the JDK
 * @param date the day, UTC
 */
record Environment(String processor, String system, String jdk, String date) {
    static Environment current() {
        return new Environment(
                model() + ", " + Runtime.getRuntime().availableProcessors() + " processors",
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + ", JDK "
                        + Runtime.version(),
                LocalDate.now(ZoneOffset.UTC).toString());
    }

    /**
     * For a picture.
     *
     * @return one line
     */
    String line() {
        return processor + " · " + system + " · " + jdk + " · " + date;
    }

    private static String model() {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        if (Files.isReadable(cpuinfo)) {
            try {
                return Files.readAllLines(cpuinfo, StandardCharsets.UTF_8).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown processor");
            } catch (IOException unreadable) {
                return "unknown processor";
            }
        }
        return "unknown processor";
    }
}
