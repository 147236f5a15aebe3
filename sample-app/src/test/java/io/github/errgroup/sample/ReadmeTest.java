package io.github.errgroup.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sample's README shows what is there. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");

    private static final Path FIRST = Path.of("first");

    /** {@code <!-- from first/<file name> -->}, and the block of code below it. */
    private static final Pattern SHOWN =
            Pattern.compile("^<!-- from first/(\\S+) -->\\n```\\w+\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern PACKAGE_AND_IMPORTS = Pattern.compile("^(package|import) .*\\n+", Pattern.MULTILINE);

    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)\\)");

    private static final Pattern ROW_OF_A_FILE = Pattern.compile("^\\| .+ \\| (\\[.+) \\|$", Pattern.MULTILINE);

    @Test
    void the_first_application_is_shown_as_its_sources_have_it_without_the_imports() throws IOException {
        Map<String, String> shown = SHOWN.matcher(Files.readString(README))
                .results()
                .collect(Collectors.toMap(block -> block.group(1), block -> block.group(2)));

        assertThat(new TreeMap<>(shown)).isEqualTo(sourcesOfTheFirstApplication());
    }

    @Test
    void every_file_that_is_named_exists() throws IOException {
        assertThat(links(Files.readString(README)))
                .hasSizeGreaterThan(20)
                .allSatisfy(link -> assertThat(Path.of(link)).exists());
    }

    @Test
    void the_table_of_questions_names_the_three_idioms_a_customizer_and_a_test_without_spring() throws IOException {
        String table = ROW_OF_A_FILE
                .matcher(Files.readString(README))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining("\n"));

        assertThat(filesOfRow(table, "`ErrGroups`"))
                .allSatisfy(source -> assertThat(source).contains("groups.open("));
        assertThat(filesOfRow(table, "`fresh()`"))
                .allSatisfy(source -> assertThat(source).contains("@Qualifier(", ".fresh()"));
        assertThat(filesOfRow(table, "`ObjectProvider<ErrGroup>`"))
                .allSatisfy(source -> assertThat(source).contains("ObjectProvider<ErrGroup>", ".getObject()"));
        assertThat(filesOfRow(table, "`ErrGroupCustomizer`"))
                .allSatisfy(source -> assertThat(source).contains("@Bean\n    ErrGroupCustomizer"));
        assertThat(filesOfRow(table, "without Spring"))
                .allSatisfy(source ->
                        assertThat(source).contains("ErrGroups.of(").doesNotContain("org.springframework.boot"));
    }

    private static List<String> filesOfRow(String table, String question) {
        List<String> rows = table.lines().filter(row -> row.contains(question)).toList();
        assertThat(rows).as("rows that name " + question).hasSize(1);
        return links(rows.get(0)).stream().map(ReadmeTest::read).toList();
    }

    private static List<String> links(String text) {
        return LINK.matcher(text).results().map(link -> link.group(1)).toList();
    }

    private static Map<String, String> sourcesOfTheFirstApplication() throws IOException {
        try (Stream<Path> files = Files.walk(FIRST.resolve("src"))) {
            return files.filter(Files::isRegularFile)
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString(),
                            file -> PACKAGE_AND_IMPORTS
                                    .matcher(read(file.toString()))
                                    .replaceAll(""),
                            (one, other) -> one + other,
                            TreeMap::new));
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
