package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/rules.md} has every rule that the sources name, and each with tests that carry its number. */
class RulesPageTest {
    private static final Pattern ROW = Pattern.compile("^\\| ([GJN]\\d+) \\|.*\\| ([^|]+) \\|$", Pattern.MULTILINE);

    private static final Pattern QUOTED = Pattern.compile("`(\\w+)`");

    /** As in a comment, or in a test's name. A letter and a number may also name something else, in code. */
    private static final Pattern RULE = Pattern.compile("(?<![\\w.\"'])[GJN]\\d{1,2}(?=[\\W_])");

    @Test
    void it_has_every_rule_that_a_source_names() throws IOException {
        assertThat(rulesIn(String.join("\n", sources().values())))
                .isNotEmpty()
                .isSubsetOf(testsByRule(page()).keySet());
    }

    @Test
    void every_test_that_it_names_carries_the_number_of_the_rule() throws IOException {
        assertThat(testsByRule(page())).isNotEmpty();
        assertThat(wrongTests(page(), sources())).isEmpty();
    }

    private static TreeSet<String> rulesIn(String source) {
        return RULE.matcher(source)
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, List<String>> testsByRule(String page) {
        return ROW.matcher(page)
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1),
                        row -> QUOTED.matcher(row.group(2))
                                .results()
                                .map(name -> name.group(1))
                                .toList()));
    }

    /** Rules without a test, and tests that do not exist or do not carry the number. */
    private static List<String> wrongTests(String page, Map<String, String> sources) {
        List<String> wrong = new ArrayList<>();
        testsByRule(page).forEach((rule, tests) -> {
            if (tests.isEmpty()) {
                wrong.add(rule);
            }
            tests.stream()
                    .filter(test -> !rulesIn(sources.getOrDefault(test, "")).contains(rule))
                    .map(test -> rule + ": " + test)
                    .forEach(wrong::add);
        });
        return wrong;
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/reference/rules.md"));
    }

    /** The text of each class of the project, by its name; but this one. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("..").toAbsolutePath().normalize())) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (!name.equals(RulesPageTest.class.getSimpleName())) {
                    sources.merge(name, Files.readString(file), String::concat);
                }
            }
        }
        return sources;
    }

    @Nested
    class The_check {
        private static final String PAGE = """
                | Rule | | Tests |
                |---|---|---|
                | G1 | **First.** It wins. | `DoorTest`, `WindowTest` |
                """;

        @Test
        void finds_the_rules_that_a_source_names() {
            assertThat(rulesIn("/** The order (G1); J12: a timer. */ void N4_wakes() { n5(); } class TEG7 {}"))
                    .containsExactly("G1", "J12", "N4");
        }

        @Test
        void finds_a_test_that_does_not_exist_and_one_without_the_number() {
            Map<String, String> sources = Map.of("DoorTest", "void G1_opens() {}", "WallTest", "");
            assertThat(wrongTests(PAGE, sources)).containsExactly("G1: WindowTest");
            assertThat(wrongTests(PAGE.replace("Window", "Wall"), sources)).containsExactly("G1: WallTest");
            assertThat(wrongTests(PAGE.replace("Window", "Door"), sources)).isEmpty();
        }
    }
}
