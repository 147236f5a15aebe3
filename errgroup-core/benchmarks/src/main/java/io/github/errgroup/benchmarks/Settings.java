package io.github.errgroup.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * How long and how often to measure.
 *
 * @param rounds how many JVMs per rival and scenario, above 0; of what runs once in a JVM, at least three
 * @param warmups iterations that do not count
 * @param iterations iterations that count, above 0
 * @param millis how long an iteration takes
 * @param scenarios ids of what to measure; empty for all
 * @param without ids of what to leave out
 * @param rivals ids of the rivals that take part besides the reference; empty for all
 */
record Settings(
        int rounds,
        int warmups,
        int iterations,
        int millis,
        List<String> scenarios,
        List<String> without,
        List<String> rivals) {
    /** Three seconds of warm-up: until then the compiler is at work, where it shares one processor with a platform caller. */
    static final Settings FULL = new Settings(1, 10, 3, 300, List.of(), List.of(), List.of());

    /**
     * From the command line.
     *
     * @param args {@code --rounds 3 --warmups 10 --iterations 3 --millis 300 --scenarios a,b --without a,b --rivals a,b},
     *     in any order
     * @return the settings of a full run with these changes
     * @throws IllegalArgumentException if a name is unknown or a value is missing
     */
    static Settings parse(List<String> args) {
        Settings settings = FULL;
        Deque<String> rest = new ArrayDeque<>(args);
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (rest.isEmpty()) {
                throw new IllegalArgumentException("option '" + name + "': must have a value");
            }
            settings = settings.with(name, rest.pop());
        }
        return settings;
    }

    private Settings with(String name, String value) {
        return switch (name) {
            case "--rounds" ->
                new Settings(Integer.parseInt(value), warmups, iterations, millis, scenarios, without, rivals);
            case "--warmups" ->
                new Settings(rounds, Integer.parseInt(value), iterations, millis, scenarios, without, rivals);
            case "--iterations" ->
                new Settings(rounds, warmups, Integer.parseInt(value), millis, scenarios, without, rivals);
            case "--millis" ->
                new Settings(rounds, warmups, iterations, Integer.parseInt(value), scenarios, without, rivals);
            case "--scenarios" ->
                new Settings(rounds, warmups, iterations, millis, List.of(value.split(",")), without, rivals);
            case "--without" ->
                new Settings(rounds, warmups, iterations, millis, scenarios, List.of(value.split(",")), rivals);
            case "--rivals" ->
                new Settings(rounds, warmups, iterations, millis, scenarios, without, List.of(value.split(",")));
            default ->
                throw new IllegalArgumentException("option '" + name
                        + "': must be one of --rounds --warmups --iterations --millis --scenarios --without --rivals");
        };
    }

    boolean measures(String scenario) {
        return (scenarios.isEmpty() || scenarios.contains(scenario)) && !without.contains(scenario);
    }

    boolean includes(String rival) {
        return rivals.isEmpty() || rivals.contains(rival);
    }
}
