package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The Java in the README is compiled and tested: each of its blocks that begins with {@code // example: <ClassName>} is
 * a piece of that class, but for white space. A line {@code // ...} in a block stands for something left out.
 */
class ReadmeExamplesTest {
    private static final String MARK = "// example: ";
    private static final String GAP = "// ...";

    /** One block: the class it is from, and the pieces of it that are shown. */
    record Example(String className, List<String> pieces) {}

    @TestFactory
    Stream<DynamicTest> each_block_of_the_readme_is_a_piece_of_its_class() throws IOException {
        Path root = root();
        List<Example> examples = examplesIn(Files.readAllLines(root.resolve("README.md")));
        assertThat(examples)
                .as("blocks in README.md that begin with '%s'", MARK.strip())
                .isNotEmpty();
        return examples.stream()
                .map(example -> DynamicTest.dynamicTest(example.className(), () -> {
                    String source = Files.readString(sourceOf(root, example.className()));
                    assertThat(piecesMissing(example, source))
                            .as("lines of README.md that are not in %s", example.className())
                            .isEmpty();
                }));
    }

    @Nested
    class TheComparison {
        private static final String SOURCE = """
                class Shop {
                    void open() {
                        door.unlock(); // early
                        light.on();
                    }
                }
                """;

        @Test
        void finds_the_blocks_of_java_that_are_marked_and_no_others() {
            assertThat(examplesIn(List.of(
                            "text",
                            "```java",
                            "int unmarked;",
                            "```",
                            "```java",
                            "// example: Shop",
                            "a",
                            "b",
                            "```",
                            "```xml",
                            "// example: Shop",
                            "```",
                            "  ```java",
                            "  // example: Inn",
                            "  c",
                            "  // ...",
                            "  d",
                            "  ```")))
                    .containsExactly(new Example("Shop", List.of("a b")), new Example("Inn", List.of("c", "d")));
        }

        @Test
        void forgives_white_space() {
            assertThat(piecesMissing(block("void  open()  {", "door.unlock();   // early"), SOURCE))
                    .isEmpty();
        }

        @Test
        void finds_a_line_that_is_not_there() {
            assertThat(piecesMissing(block("door.unlock(); // early", "door.open();"), SOURCE))
                    .containsExactly("door.unlock(); // early door.open();");
        }

        @Test
        void finds_a_line_that_was_left_out_without_saying_so() {
            assertThat(piecesMissing(block("void open() {", "light.on();"), SOURCE))
                    .hasSize(1);
            assertThat(piecesMissing(block("void open() {", "// ...", "light.on();"), SOURCE))
                    .isEmpty();
        }

        @Test
        void finds_pieces_out_of_order() {
            assertThat(piecesMissing(block("light.on();", "// ...", "door.unlock();"), SOURCE))
                    .containsExactly("door.unlock();");
        }

        private static Example block(String... lines) {
            List<String> marked = new ArrayList<>(List.of("```java", MARK + "Shop"));
            marked.addAll(List.of(lines));
            marked.add("```");
            return examplesIn(marked).get(0);
        }
    }

    private static List<Example> examplesIn(List<String> lines) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i + 1 < lines.size(); i++) {
            if (lines.get(i).strip().equals("```java")
                    && lines.get(i + 1).strip().startsWith(MARK)) {
                String className = lines.get(i + 1).strip().substring(MARK.length());
                List<String> pieces = new ArrayList<>();
                StringBuilder piece = new StringBuilder();
                for (i += 2; !lines.get(i).strip().equals("```"); i++) {
                    if (lines.get(i).strip().equals(GAP)) {
                        pieces.add(normalised(piece));
                        piece.setLength(0);
                    } else {
                        piece.append(lines.get(i)).append('\n');
                    }
                }
                pieces.add(normalised(piece));
                examples.add(new Example(className, List.copyOf(pieces)));
            }
        }
        return examples;
    }

    private static List<String> piecesMissing(Example example, String source) {
        String text = normalised(source);
        List<String> missing = new ArrayList<>();
        int from = 0;
        for (String piece : example.pieces()) {
            int at = text.indexOf(piece, from);
            if (at < 0) {
                missing.add(piece);
            } else {
                from = at + piece.length();
            }
        }
        return missing;
    }

    private static String normalised(CharSequence text) {
        return text.toString().strip().replaceAll("\\s+", " ");
    }

    /** The sources of any module: the README shows examples of the starter, too. */
    private static Path sourceOf(Path root, String className) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            for (Path sources : modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    Optional<Path> found = files.filter(
                                    file -> file.getFileName().toString().equals(className + ".java"))
                            .findFirst();
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
            }
        }
        throw new AssertionError("README.md has '" + MARK + className + "', and no module has " + className + ".java");
    }

    /** The folder of the whole project: tests run in that of their module. */
    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("errgroup-core"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder above that holds errgroup-core").isNotNull();
        return folder;
    }
}
