package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The page that says what shows each rule, {@code docs/reference/reliability.md}, names every rule with the test classes that
 * show it, none that does not exist, and every interleaving test.
 */
class ReliabilityPageTest {
    private static final Pattern TEST_CLASS = Pattern.compile("`(\\w+Test)`");

    /** A method whose name begins with rules. */
    private static final Pattern TEST_OF_RULES = Pattern.compile("^ +void ((?:[GJN]\\d+_)+)", Pattern.MULTILINE);

    private static final Pattern QUOTED_NAME = Pattern.compile("`(\\w+)`");

    private static final Pattern RULE = Pattern.compile("^### ([GJN]\\d+): ", Pattern.MULTILINE);

    private static final Pattern ROW_OF_A_RULE = Pattern.compile("^\\| ([GJN]\\d+) \\|", Pattern.MULTILINE);

    @Test
    void it_names_every_rule_once_and_in_order() throws IOException {
        assertThat(rulesIn(page())).isEqualTo(everyRule());
    }

    @Test
    void every_test_class_that_it_names_exists() throws IOException {
        assertThat(missingClasses(page(), testSources().keySet())).isEmpty();
    }

    @Test
    void each_rule_names_every_class_with_a_test_of_it() throws IOException {
        assertThat(unnamedClasses(page(), testSources())).isEmpty();
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

    private static List<String> missingClasses(String page, Set<String> classes) {
        return TEST_CLASS
                .matcher(page)
                .results()
                .map(name -> name.group(1))
                .filter(name -> !classes.contains(name))
                .toList();
    }

    /** Rule and class, where the class has a test whose name begins with the rule, and the rule's section does not name it. */
    private static List<String> unnamedClasses(String page, Map<String, String> sources) {
        Map<String, String> sections = new HashMap<>();
        for (String section : page.split("(?m)^(?=### )")) {
            rulesIn(section).forEach(rule -> sections.put(rule, section));
        }
        Set<String> unnamed = new TreeSet<>();
        sources.forEach((name, source) -> TEST_OF_RULES
                .matcher(source)
                .results()
                .flatMap(test -> Stream.of(test.group(1).split("_")))
                .filter(rule -> !sections.getOrDefault(rule, "").contains('`' + name + '`'))
                .forEach(rule -> unnamed.add(rule + " " + name)));
        return List.copyOf(unnamed);
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
        @Test
        void finds_a_class_that_does_not_exist() {
            assertThat(missingClasses("shown by `WindowTest` and `DoorTest`", Set.of("DoorTest")))
                    .containsExactly("WindowTest");
        }

        @Test
        void finds_a_class_with_a_test_of_a_rule_that_does_not_name_it() {
            Map<String, String> sources = Map.of("DoorTest", "class DoorTest {\n    void G1_G2_it_opens() {}\n}");
            assertThat(unnamedClasses("### G1: one\n\n- Tests: `DoorTest`.\n\n### G2: two\n", sources))
                    .containsExactly("G2 DoorTest");
        }

        @Test
        void finds_a_rule_that_is_missing() {
            assertThat(rulesIn("### G1: one\n\n### G3: three\n")).containsExactly("G1", "G3");
        }
    }
}
