package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The marks that stand in the engine: comments, such as {@code // fault: task-leaves}, by which something outside names a
 * line. Whoever moves code sees here at once that a mark was lost, and not only when the long runs are next made.
 */
class MarksTest {
    private static final String NAME = "([a-z]+(?:-[a-z]+)*)";

    private final String engine = textOf(Path.of("src/main/java"));

    @Test
    void every_mark_stands_in_a_form_that_is_read() {
        assertThat(named("(// *(?:fault|survivor)\\b.*)", engine))
                .allMatch(mark -> mark.matches("// (fault|survivor): " + NAME));
    }

    /** What the interleaving tests break. */
    @Nested
    class Faults {
        private final String interleavings = textOf(Path.of("interleavings/src/main/java"));

        private final List<String> marks = marks("fault");

        @Test
        void each_stands_once() {
            assertThat(marks).isNotEmpty().doesNotHaveDuplicates();
        }

        @Test
        void each_fault_names_one() {
            assertThat(named("\\bmark = ([^=]+),\\s+becomes =", interleavings))
                    .hasSameSizeAs(named("^@(SeededFault)\\(", interleavings));
        }

        @Test
        void those_that_faults_name_are_those_in_the_engine() {
            assertThat(named("\\bmark = ([^=]+),\\s+becomes =", interleavings).stream()
                            .flatMap(quoted -> named("\"(.+?)\"", quoted).stream())
                            .collect(Collectors.toSet()))
                    .containsExactlyInAnyOrderElementsOf(marks);
        }
    }

    /** Where the engine can be broken and no test notices. */
    @Nested
    class Survivors {
        @Test
        void those_on_the_page_are_those_in_the_engine() {
            assertThat(named("^- `" + NAME + "`: ", read(Path.of("docs/reference/mutants.md"))))
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(marks("survivor"));
        }
    }

    private List<String> marks(String kind) {
        return named("// " + kind + ": " + NAME + "$", engine);
    }

    private static List<String> named(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String textOf(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(MarksTest::read)
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
