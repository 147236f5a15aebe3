package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The marks that stand in the engine for the faults that the interleaving tests must find: whoever moves code sees here at
 * once that a mark was lost, and not only when the interleaving tests are next run.
 */
class FaultMarksTest {
    private static final Pattern MARK = Pattern.compile("// fault: ([a-z]+(?:-[a-z]+)*)$", Pattern.MULTILINE);

    private static final Pattern ANY_MARK = Pattern.compile("// *fault\\b");

    private static final Pattern FAULT = Pattern.compile("^@SeededFault\\(", Pattern.MULTILINE);

    private static final Pattern MARKS_OF_FAULT = Pattern.compile("\\bmark = ([^=]+),\\s+becomes =");

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

    private final String engine = textOf(Path.of("src/main/java"));

    private final String interleavings = textOf(Path.of("interleavings/src/main/java"));

    @Test
    void every_mark_stands_in_the_engine_once() {
        assertThat(marks()).isNotEmpty().doesNotHaveDuplicates();
        assertThat(ANY_MARK.matcher(engine).results().count()).isEqualTo(marks().size());
    }

    @Test
    void every_mark_that_a_fault_names_stands_in_the_engine() {
        assertThat(MARKS_OF_FAULT.matcher(interleavings).results().count())
                .isEqualTo(FAULT.matcher(interleavings).results().count());
        assertThat(marks()).containsAll(marksOfFaults());
    }

    @Test
    void every_mark_in_the_engine_is_named_by_a_fault() {
        assertThat(marksOfFaults()).containsAll(marks());
    }

    private List<String> marks() {
        return MARK.matcher(engine).results().map(mark -> mark.group(1)).toList();
    }

    private Set<String> marksOfFaults() {
        return MARKS_OF_FAULT
                .matcher(interleavings)
                .results()
                .flatMap(marks -> QUOTED.matcher(marks.group(1)).results())
                .map(mark -> mark.group(1))
                .collect(Collectors.toSet());
    }

    private static String textOf(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(FaultMarksTest::read)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
