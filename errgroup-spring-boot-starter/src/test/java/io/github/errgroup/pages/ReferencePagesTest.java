package io.github.errgroup.pages;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The tables of properties and of what was tested where, against the metadata and the modules. */
class ReferencePagesTest {
    private static final Path REFERENCE = Path.of("errgroup-spring-boot-starter/docs/reference");

    private static final Path COMPATIBILITY = Path.of("errgroup-spring-boot-starter/compatibility");

    private static final Pattern BOOT = Pattern.compile("<spring-boot.version>([\\d.]+)</spring-boot.version>");

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
