package io.github.errgroup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the guides and the pages for contributors list, against the code and the build. */
class GuidePagesTest {
    private static final Path ERRORS = Path.of("errgroup-core/docs/guide/errors-and-outcomes.md");

    private static final Path GUIDE = Path.of("errgroup-spring-boot-starter/docs/guide");

    private static final Path STARTER = Path.of("errgroup-spring-boot-starter/src/main/java/io/github/errgroup/spring");

    /** What the application may bring: a bean that is looked up, and none if there is none. */
    private static final Pattern LOOKED_UP = Pattern.compile("ObjectProvider<([\\w.]+)>");

    private static final Pattern SCENARIO = Pattern.compile("\\bscenario_(\\d+)_");

    private static final Pattern PROFILE =
            Pattern.compile("<profile>\\s*(?:<!--.*?-->\\s*)?<id>(.+?)</id>", Pattern.DOTALL);

    @Test
    void the_page_on_errors_names_every_reason_and_every_state() {
        String page = Page.of(ERRORS).text();
        assertThat(Stream.of(CancelReason.values(), Subtask.State.values()).flatMap(Stream::of))
                .allSatisfy(constant -> assertThat(page).contains("`" + constant + "`"));
    }

    @Test
    void the_reasons_of_the_table_are_all_that_there_are() {
        assertThat(Page.of(ERRORS).rows().stream()
                        .filter(row -> row.size() == 3)
                        .map(row -> row.get(2))
                        .filter(reason -> reason.startsWith("`"))
                        .map(GuidePagesTest::plain)
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(namesOf(CancelReason.values()));
    }

    @Test
    void the_states_of_the_table_are_those_in_which_a_task_has_ended() {
        List<String> table = Page.of(ERRORS).rows().stream()
                .map(row -> row.get(0))
                .filter(cell -> cell.matches("`[A-Z]+`"))
                .map(GuidePagesTest::plain)
                .toList();
        assertThat(table)
                .containsExactlyInAnyOrderElementsOf(namesOf(Subtask.State.values()).stream()
                        .filter(state -> !Set.of("PENDING", "RUNNING").contains(state))
                        .toList());
    }

    @Test
    void the_races_of_the_table_are_those_that_are_run() {
        String test = Page.of(Path.of("errgroup-core/src/test/java/io/github/errgroup/EasyRacerTest.java"))
                .text();
        Set<Integer> run = SCENARIO.matcher(test)
                .results()
                .map(scenario -> Integer.valueOf(scenario.group(1)))
                .collect(Collectors.toSet());
        Set<Integer> listed = Page.of(ERRORS).rows().stream()
                .map(row -> row.get(0))
                .filter(cell -> cell.matches("\\d.*"))
                .flatMap(cell ->
                        Pattern.compile("\\b(\\d+)(?=[,:])").matcher(cell).results())
                .map(number -> Integer.valueOf(number.group(1)))
                .collect(Collectors.toSet());
        assertThat(listed).isEqualTo(run);
    }

    @Test
    void the_beans_of_the_table_are_those_that_are_looked_up_for_every_group() {
        Set<String> listed = Page.of(GUIDE.resolve("three-idioms.md")).rows().stream()
                .filter(row -> row.size() == 2)
                .flatMap(row ->
                        Pattern.compile("`([\\w.]+)`").matcher(row.get(0)).results())
                .map(type -> type.group(1))
                .collect(Collectors.toSet());
        Set<String> lookedUp = Stream.of(
                        "autoconfigure/ErrGroupAutoConfiguration.java",
                        "autoconfigure/ErrGroupContextPropagationAutoConfiguration.java")
                .map(file -> Page.of(STARTER.resolve(file)).text())
                .flatMap(source -> LOOKED_UP.matcher(source).results())
                .map(type -> type.group(1))
                .filter(type -> !Set.of("TestSlice", "ClusterLimits").contains(type)) // the starter's own
                .collect(Collectors.toSet());
        assertThat(listed).isEqualTo(lookedUp);
    }

    @Test
    void the_times_of_a_shutdown_are_properties_with_the_defaults_that_are_told() {
        Map<String, String> defaults = Configuration.defaults();
        List<List<String>> rows = Page.of(GUIDE.resolve("shutdown.md")).rows();
        assertThat(rows.stream().map(row -> plain(row.get(1))))
                .containsExactlyInAnyOrderElementsOf(defaults.keySet().stream()
                        .filter(name -> name.startsWith("errgroup.shutdown."))
                        .filter(name -> name.matches(".*(after|period)"))
                        .toList());
        assertThat(rows)
                .filteredOn(row -> row.get(2).matches("\\d+ s"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.get(2).replace(" ", "")).isEqualTo(defaults.get(plain(row.get(1)))));
    }

    @Test
    void the_profiles_of_the_table_are_those_of_the_build() {
        Set<String> build = Stream.of("pom.xml", "errgroup-core/pom.xml")
                .map(pom -> Page.of(Path.of(pom)).text())
                .flatMap(pom -> PROFILE.matcher(pom).results())
                .map(profile -> profile.group(1))
                .collect(Collectors.toSet());
        assertThat(underHeading(Page.of(Path.of("CONTRIBUTING.md")), "Profiles"))
                .isEqualTo(build);
    }

    @Test
    void the_packages_of_the_table_are_those_of_the_sample() throws IOException {
        Set<String> packages;
        try (Stream<Path> files =
                Files.list(Page.root().resolve("sample-app/src/main/java/io/github/errgroup/sample"))) {
            packages = files.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .collect(Collectors.toSet());
        }
        assertThat(underHeading(Page.of(Path.of("sample-app/README.md")), "What is in which package"))
                .isEqualTo(packages);
    }

    /** What the first cells name, in the table below a heading. */
    private static Set<String> underHeading(Page page, String heading) {
        List<String> lines = page.lines();
        int begin = lines.indexOf("### " + heading);
        assertThat(begin).as(page + ": " + heading).isNotNegative();
        List<String> below = lines.subList(begin + 1, lines.size());
        int end = (int) below.stream().takeWhile(line -> !line.startsWith("#")).count();
        return new Page(page.file(), below.subList(0, end))
                .rows().stream().map(row -> plain(row.get(0))).collect(Collectors.toSet());
    }

    /** The code in a cell, without its link. */
    private static String plain(String cell) {
        Matcher code = Pattern.compile("`([^`]+)`").matcher(cell);
        return code.find() ? code.group(1) : cell;
    }

    private static List<String> namesOf(Enum<?>[] constants) {
        return Stream.of(constants).map(Enum::name).toList();
    }
}
