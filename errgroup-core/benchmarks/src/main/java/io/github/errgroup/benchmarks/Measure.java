package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.results.Figure;
import io.github.errgroup.benchmarks.rivals.Feature;
import io.github.errgroup.benchmarks.rivals.Rival;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures every scenario with every rival, the reference at the start and at the end of each round, and appends each
 * figure to a file as soon as there is one. Pin this JVM with {@code taskset -c 0} to measure on one processor.
 */
public final class Measure {
    /** The name of the series that shows cost against the number of tasks. */
    public static final String GROWTH = "growth";

    private static final List<Integer> GROWTH_SIZES = List.of(10, 100, 1_000, 10_000, 100_000, 1_000_000);

    private static final int MILLION = 1_000_000;

    /** It runs once in a JVM, and its target is for the worst round. */
    private static final int ROUNDS_OF_MILLION = 3;

    private static final List<Scenario> FROM_PLATFORM_CALLER = List.of(
            Scenario.THREE_TASKS,
            Scenario.MANY,
            Scenario.LIMITED,
            Scenario.LIMITED_WORK,
            Scenario.LIMITED_SLEEP,
            Scenario.LIMIT_1,
            Scenario.LIMIT_2,
            Scenario.LIMIT_4,
            Scenario.LIMIT_10,
            Scenario.LIMIT_100,
            Scenario.CSV);

    private final Settings settings;
    private final Forks forks;
    private final Path file;

    private Measure(Settings settings, Path file) {
        this.settings = settings;
        this.forks = new Forks(settings);
        this.file = file;
    }

    /**
     * Measures.
     *
     * @param args the file to append to, then what {@link Settings#parse} takes
     * @throws Exception a benchmark failed, or the file cannot be written
     */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        Path file = Path.of(arguments.getFirst());
        Settings settings = Settings.parse(arguments.subList(1, arguments.size()));
        if (Files.notExists(file)) {
            Files.writeString(file, Figure.HEADER + "\n");
        }
        new Measure(settings, file).run();
    }

    private void run() throws Exception {
        for (Scenario scenario : Scenario.values()) {
            if (settings.measures(scenario.id())) {
                group(scenario, "virtual");
                if (FROM_PLATFORM_CALLER.contains(scenario)) {
                    group(scenario, "platform");
                }
            }
        }
        for (Ending ending : Ending.values()) {
            if (settings.measures(ending.id())) {
                List<Rival> rivals = rivals(ending.needs());
                if (ending == Ending.MILLION_BLOCKED) {
                    rounds(
                            Math.max(ROUNDS_OF_MILLION, settings.rounds()),
                            rivals,
                            (rival, round) -> forks.million(rival, MILLION, round));
                } else {
                    rounds(settings.rounds(), rivals, (rival, round) -> forks.cancel(ending, rival, round));
                }
            }
        }
        if (settings.measures(GROWTH)) {
            for (int tasks : GROWTH_SIZES) {
                List<Rival> rivals =
                        rivals().stream().filter(Scenario.MANY::suits).toList();
                rounds(
                        settings.rounds(),
                        rivals,
                        (rival, round) -> forks.group(GROWTH, Scenario.MANY, tasks, "virtual", rival, round));
            }
        }
    }

    private void group(Scenario scenario, String caller) throws Exception {
        List<Rival> rivals = rivals().stream().filter(scenario::suits).toList();
        rounds(
                settings.rounds(),
                rivals,
                (rival, round) -> forks.group(scenario.id(), scenario, scenario.tasks(), caller, rival, round));
    }

    /** The reference comes first among the rivals, and once more at the end. */
    private void rounds(int rounds, List<Rival> rivals, Measured measured) throws Exception {
        for (int round = 1; round <= rounds; round++) {
            List<Rival> order = new ArrayList<>(rivals);
            order.add(Rivals.named(Rivals.REFERENCE));
            for (Rival rival : order) {
                keep(measured.figure(rival, round));
            }
        }
    }

    private List<Rival> rivals(Feature... needs) {
        return Rivals.all().stream()
                .filter(rival -> rival.id().equals(Rivals.REFERENCE) || settings.includes(rival.id()))
                .filter(rival -> rival.features().containsAll(List.of(needs)))
                .toList();
    }

    private void keep(Figure figure) throws IOException {
        Files.writeString(file, figure.toLine() + "\n", StandardOpenOption.APPEND);
        System.out.printf(
                Locale.ROOT,
                "%-4s %-16s %-8s %9d %-30s %2d %14.1f ns %14.1f ns CPU %10.1f B%n",
                figure.setting(),
                figure.scenario(),
                figure.caller(),
                figure.tasks(),
                figure.rival(),
                figure.round(),
                figure.nanos(),
                figure.cpuNanos(),
                figure.bytes());
    }

    /** One figure of one rival in one round. */
    @FunctionalInterface
    private interface Measured {
        Figure figure(Rival rival, int round) throws Exception;
    }
}
