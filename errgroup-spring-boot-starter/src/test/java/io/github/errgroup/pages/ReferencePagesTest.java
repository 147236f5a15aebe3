package io.github.errgroup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the reference lists, against the metadata, the modules and the code. */
class ReferencePagesTest {
    private static final Path REFERENCE = Path.of("errgroup-spring-boot-starter/docs/reference");

    private static final Path COMPATIBILITY = Path.of("errgroup-spring-boot-starter/compatibility");

    private static final Pattern BOOT = Pattern.compile("<spring-boot.version>([\\w.-]+)</spring-boot.version>");

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
                    .map(ReferencePagesTest::bootOf)
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
    void the_page_on_errors_names_every_reason_and_every_state() throws IOException {
        String page = String.join(
                "\n",
                Page.of(Path.of("errgroup-core/docs/guide/errors-and-outcomes.md"))
                        .lines());
        assertThat(Stream.of(CancelReason.values(), Subtask.State.values()).flatMap(Stream::of))
                .allSatisfy(constant -> assertThat(page).contains("`" + constant + "`"));
    }

    private static String bootOf(Path pom) {
        try {
            return BOOT.matcher(Files.readString(pom))
                    .results()
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(pom + " has no spring-boot.version"))
                    .group(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
