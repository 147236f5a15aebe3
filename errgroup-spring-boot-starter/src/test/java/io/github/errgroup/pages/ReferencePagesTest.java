package io.github.errgroup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/** What the reference lists, against the metadata, the modules and the code. */
class ReferencePagesTest {
    private static final Path REFERENCE = Path.of("errgroup-spring-boot-starter/docs/reference");

    private static final Path COMPATIBILITY = Path.of("errgroup-spring-boot-starter/compatibility");

    private static final Pattern BOOT = Pattern.compile("<spring-boot.version>([\\w.-]+)</spring-boot.version>");

    private static final Pattern MODULE = Pattern.compile("module ([\\w.]+) \\{");

    private static final Pattern AUTOMATIC_MODULE =
            Pattern.compile("<Automatic-Module-Name>([\\w.]+)</Automatic-Module-Name>");

    private static final Pattern KEY = Pattern.compile("\"([^\"]+)\":");

    @Test
    void every_property_is_in_the_table_with_its_default_and_no_other() throws IOException {
        Map<String, String> table = Page.of(REFERENCE.resolve("properties.md")).rows().stream()
                .filter(row -> row.get(0).startsWith("`errgroup."))
                .collect(Collectors.toMap(
                        row -> row.get(0).replace("`", ""), row -> row.get(1).replace("`", "")));
        Map<String, String> ours = new TreeMap<>(Configuration.defaults());
        ours.keySet().retainAll(Configuration.ours());
        assertThat(new TreeMap<>(table)).isEqualTo(ours);
    }

    @Test
    void every_setting_of_a_single_name_is_listed() throws IOException {
        String row = Page.of(REFERENCE.resolve("properties.md")).rows().stream()
                .filter(cells -> cells.get(0).equals("`errgroup.groups`"))
                .findFirst()
                .orElseThrow()
                .get(2);
        assertThat(Configuration.ofOneGroup())
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(row).contains("`" + setting + "`"));
    }

    @Test
    void every_Spring_Boot_that_is_tested_has_its_column() throws IOException {
        List<String> tested;
        try (Stream<Path> modules = Files.list(Page.root().resolve(COMPATIBILITY))) {
            tested = modules.map(module -> module.resolve("pom.xml"))
                    .filter(Files::exists)
                    .map(pom -> found(BOOT, pom))
                    .filter(version -> version.matches("[\\d.]+")) // a milestone is an early warning
                    .sorted()
                    .toList();
        }
        List<String> heads = Page.of(REFERENCE.resolve("compatibility.md")).lines().stream()
                .filter(line -> line.startsWith("| | Boot "))
                .flatMap(line -> Stream.of(line.replace("Boot", "").split("[|\\s]+")))
                .filter(cell -> !cell.isEmpty())
                .toList();
        assertThat(heads).isEqualTo(tested);
    }

    @Test
    void every_key_of_the_endpoints_answer_is_one_that_it_gives() throws IOException {
        assertThat(endpointKeys())
                .hasSizeGreaterThan(30)
                .allSatisfy(key -> assertThat(endpointSource()).containsPattern("[\\s\"]" + key + "[\",); ]"));
    }

    private static List<String> endpointKeys() throws IOException {
        return Page.of(REFERENCE.resolve("endpoint.md")).blocks().stream()
                .filter(block -> block.language().equals("json"))
                .flatMap(block -> KEY.matcher(block.text()).results())
                .map(key -> key.group(1))
                .filter(key -> !key.equals("..."))
                .distinct()
                .toList();
    }

    private static String endpointSource() throws IOException {
        Path starter = Path.of("src/main/java/io/github/errgroup/spring");
        StringBuilder source = new StringBuilder(Files.readString(starter.resolve("GroupProperties.java")));
        try (Stream<Path> files = Files.list(starter.resolve("actuate/endpoint"))) {
            for (Path file : files.toList()) {
                source.append(Files.readString(file));
            }
        }
        return source.toString();
    }

    @Test
    void the_requests_in_the_table_are_the_endpoints_operations() throws IOException {
        List<String> requests = Page.of(REFERENCE.resolve("endpoint.md")).rows().stream()
                .map(row -> row.get(0).replace("`", ""))
                .toList();
        assertThat(requests)
                .containsExactlyInAnyOrderElementsOf(Stream.of(ErrGroupsEndpoint.class.getDeclaredMethods())
                        .flatMap(ReferencePagesTest::requestOf)
                        .toList());
    }

    /** As Actuator maps it: a selector is a part of the path. */
    private static Stream<String> requestOf(Method method) {
        String path = "/actuator/"
                + ErrGroupsEndpoint.class.getAnnotation(WebEndpoint.class).id()
                + (Stream.of(method.getParameters()).anyMatch(each -> each.isAnnotationPresent(Selector.class))
                        ? "/{name}"
                        : "");
        return Stream.of(
                        Map.entry("GET", ReadOperation.class),
                        Map.entry("POST", WriteOperation.class),
                        Map.entry("DELETE", DeleteOperation.class))
                .filter(operation -> method.isAnnotationPresent(operation.getValue()))
                .map(operation -> operation.getKey() + " " + path);
    }

    @Test
    void every_line_of_Spring_Boot_that_is_tested_has_a_row_of_its_support() throws IOException {
        List<String> lines;
        try (Stream<Path> modules = Files.list(Page.root().resolve(COMPATIBILITY))) {
            lines = modules.map(module -> module.getFileName().toString())
                    .filter(name -> name.startsWith("boot-"))
                    .map(name -> name.replace("boot-", "Spring Boot "))
                    .toList();
        }
        assertThat(Page.of(REFERENCE.resolve("compatibility.md")).rows().stream()
                        .map(row -> row.get(0))
                        .filter(line -> line.matches("Spring Boot [\\d.]+")))
                .containsExactlyInAnyOrderElementsOf(lines);
    }

    @Test
    void the_names_of_the_modules_are_those_that_are_promised() throws IOException {
        String promised = Page.of(Path.of("errgroup-core/docs/reference/versioning.md")).rows().stream()
                .filter(row -> row.get(0).equals("Coordinates and module names"))
                .findFirst()
                .orElseThrow()
                .get(1);
        assertThat(promised)
                .contains(
                        "`io.github.errgroup:errgroup-core` is the module `"
                                + found(MODULE, Path.of("errgroup-core/src/main/java/module-info.java")) + "`",
                        "`errgroup-spring-boot-starter` is `"
                                + found(AUTOMATIC_MODULE, Path.of("errgroup-spring-boot-starter/pom.xml")) + "`");
    }

    private static String found(Pattern name, Path file) {
        return name.matcher(Page.of(file).text())
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + " has no " + name))
                .group(1);
    }
}
