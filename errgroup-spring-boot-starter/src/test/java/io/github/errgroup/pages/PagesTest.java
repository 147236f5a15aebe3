package io.github.errgroup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;

/** What holds for every page: its links lead somewhere, and its code is code. */
class PagesTest {
    private static final Path README = Path.of("README.md");

    @TempDir
    Path output;

    @Test
    void the_readme_is_two_screens() throws IOException {
        assertThat(Page.of(README).lines()).hasSizeLessThanOrEqualTo(150);
    }

    @TestFactory
    Stream<DynamicTest> every_link_leads_to_a_file_and_a_heading() {
        return eachPage(page -> assertThat(deadLinks(page)).isEmpty());
    }

    @Test
    void every_page_can_be_reached_from_the_readme() throws IOException {
        Set<Path> reached = new HashSet<>();
        Deque<Path> next = new ArrayDeque<>(List.of(README));
        while (!next.isEmpty()) {
            Path file = next.pop();
            if (reached.add(file)) {
                for (Page.Link link : Page.of(file).links()) {
                    Path target = target(file, link);
                    if (target.toString().endsWith(".md")) {
                        next.add(target);
                    }
                }
            }
        }
        assertThat(Page.all())
                .extracting(Page::file)
                .allSatisfy(file -> assertThat(reached).contains(file));
    }

    @Test
    void every_guide_begins_with_the_question_that_it_answers() {
        assertThat(Page.all().stream().filter(page -> page.file().toString().contains("guide")))
                .hasSizeGreaterThan(10)
                .allSatisfy(
                        page -> assertThat(page.lines().get(0)).as("%s", page).matches("# .*[?].*"));
    }

    /** The changelog and the decisions tell of the past, too. */
    @Test
    void every_type_and_member_of_ours_that_a_page_names_exists() {
        Names names = Names.ofTheProject();
        assertThat(Page.all().stream()
                        .filter(page -> !page.file().endsWith("CHANGELOG.md"))
                        .filter(page -> !page.file().toString().contains("adr")))
                .allSatisfy(page -> assertThat(names.unknownIn(page)).isEmpty());
    }

    @Test
    void every_block_of_Java_compiles_or_is_a_piece_of_a_file() {
        List<Page.Block> own = blocks("java").stream()
                .filter(block -> block.source().isEmpty())
                .toList();
        assertThat(Snippets.errorsIn(own, output)).isEmpty();
    }

    @Test
    void every_example_in_the_Javadoc_of_a_public_type_compiles() {
        List<Page.Block> examples = Page.publicTypes().stream()
                .flatMap(type -> type.blocks().stream())
                .toList();
        assertThat(examples).hasSizeGreaterThan(10);
        assertThat(Snippets.errorsIn(examples, output)).isEmpty();
    }

    @Test
    void every_block_of_Kotlin_is_a_piece_of_a_file_that_is_compiled() {
        assertThat(blocks("kotlin"))
                .allSatisfy(
                        block -> assertThat(block.source()).as(block.place()).endsWith(".kt"));
    }

    @Test
    void every_block_that_names_its_file_is_a_piece_of_it() throws IOException {
        List<Page.Block> marked = Page.all().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> !block.source().isEmpty())
                .toList();
        assertThat(marked).isNotEmpty();
        assertThat(wrongExcerpts(marked)).isEmpty();
    }

    @Test
    void every_block_of_configuration_is_bound_and_has_known_properties() throws IOException {
        for (String language : List.of("yaml", "properties")) {
            for (Page.Block block : blocks(language)) {
                assertThat(Configuration.faultsIn(block)).as(block.place()).isEmpty();
            }
        }
    }

    @Test
    void every_block_of_XML_has_the_coordinates_of_a_module() throws IOException {
        assertThat(blocks("xml"))
                .allSatisfy(block -> assertThat(Coordinates.unknownIn(block.text()))
                        .as(block.place())
                        .isEmpty());
    }

    @Test
    void every_block_of_JSON_can_be_read() {
        assertThat(blocks("json"))
                .allSatisfy(block ->
                        assertThat(isJson(block.text())).as(block.place()).isTrue());
    }

    @Test
    void every_command_names_files_that_exist() {
        assertThat(blocks("bash"))
                .allSatisfy(block ->
                        assertThat(missingFiles(block.text())).as(block.place()).isEmpty());
    }

    @Test
    void no_block_has_a_language_that_nothing_checks() {
        assertThat(Page.all().stream().flatMap(page -> page.blocks().stream()))
                .allSatisfy(block -> assertThat(block.language())
                        .as(block.place())
                        .isIn("java", "kotlin", "yaml", "properties", "xml", "json", "bash", "text"));
    }

    private static List<Page.Block> blocks(String language) {
        return Page.all().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals(language))
                .toList();
    }

    private static Stream<DynamicTest> eachPage(ThrowingConsumer check) {
        return Page.all().stream()
                .map(page -> DynamicTest.dynamicTest(page.file().toString(), () -> check.accept(page)));
    }

    /** Checks a page. */
    private interface ThrowingConsumer {
        void accept(Page page) throws Exception;
    }

    private static List<String> deadLinks(Page page) throws IOException {
        List<String> dead = new ArrayList<>();
        for (Page.Link link : page.links()) {
            Path target = target(page.file(), link);
            String anchor = link.target().replaceAll("^[^#]*#?", "");
            boolean isOwn = target.equals(page.file());
            boolean leads = (isOwn || Files.exists(Page.root().resolve(target)))
                    && (anchor.isEmpty()
                            || (isOwn ? page : Page.of(target)).anchors().contains(anchor));
            if (!leads) {
                dead.add(page.file() + ":" + link.line() + ": " + link.target());
            }
        }
        return dead;
    }

    private static Path target(Path file, Page.Link link) {
        String path = link.target().replaceAll("#.*", "");
        return path.isEmpty()
                ? file
                : Page.root()
                        .relativize(
                                Page.root().resolve(file).resolveSibling(path).normalize());
    }

    private static List<String> wrongExcerpts(List<Page.Block> blocks) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Page.Block block : blocks) {
            Excerpt.missingIn(Excerpt.read(block.source()), block.text())
                    .ifPresent(piece -> wrong.add(block.place() + ": not in " + block.source() + ": " + piece));
        }
        return wrong;
    }

    private static boolean isJson(String text) {
        try {
            JsonParserFactory.getJsonParser().parseMap(text);
            return true;
        } catch (JsonParseException e) {
            return false;
        }
    }

    /** Words that begin with the name of a module and are no file of it; what the build makes is left out. */
    private static List<String> missingFiles(String commands) {
        return Arrays.stream(commands.split("\\s+"))
                .filter(word -> word.matches("(errgroup-core|errgroup-spring-boot-starter|sample-app|\\.ci)/.*"))
                .filter(word -> !word.contains("/target/"))
                .filter(word -> !Files.exists(Page.root().resolve(word)))
                .toList();
    }

    /** Each check finds the fault that it is for. */
    @Nested
    class The_check {
        @Test
        void finds_a_link_to_a_file_that_does_not_exist() throws IOException {
            assertThat(deadLinks(page("a [link](nowhere.md) and [another](README.md)")))
                    .containsExactly("made-up.md:1: nowhere.md");
        }

        @Test
        void finds_a_link_to_a_heading_that_does_not_exist() throws IOException {
            assertThat(deadLinks(
                            page("# What `go` does: it starts", "[1](#what-go-does-it-starts) [2](#what-go-does)")))
                    .containsExactly("made-up.md:2: #what-go-does");
        }

        @Test
        void takes_no_code_for_a_link_or_a_heading() {
            Page page = page("`a[0](b)`", "```java", "# no heading", "int[] a = x[0](b);", "```");
            assertThat(page.links()).isEmpty();
            assertThat(page.anchors()).isEmpty();
        }

        @Test
        void finds_statements_members_and_types_that_do_not_compile() {
            assertThat(errors("int price = prices.find(sku);"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("made-up.md:2: ");
            assertThat(errors("long find(String sku) {", "    return skuu;", "}"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("made-up.md:3: ");
            assertThat(errors("class QuoteService {", "    Unknown field;", "}"))
                    .hasSize(1);
        }

        @Test
        void finds_an_example_of_Javadoc_that_does_not_compile() {
            Page type = page(
                            "    /**",
                            "     * <pre>{@code",
                            "     * prices.find(sku, sku);",
                            "     * }</pre>",
                            "     */")
                    .withExamplesOfJavadoc();
            assertThat(Snippets.errorsIn(type.blocks(), output))
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("made-up.md:3: ");
        }

        @Test
        void takes_statements_members_and_types() {
            assertThat(errors("long price = prices.find(sku);", "audit.write(sku);"))
                    .isEmpty();
            assertThat(errors("try (ErrGroup group = groups.open()) {", "    return group.name();", "}"))
                    .isEmpty();
            assertThat(errors("long find(String sku) throws Exception {", "    return prices.find(sku);", "}"))
                    .isEmpty();
            assertThat(errors("@Service", "class QuoteService {", "    @Autowired ErrGroups groups;", "}"))
                    .isEmpty();
        }

        @Test
        void finds_a_line_that_its_file_does_not_have() {
            assertThat(Excerpt.missingIn("a();\nb();\nc();", "a();\n  b( );")).isEmpty();
            assertThat(Excerpt.missingIn("a();\nb();\nc();", "a();\n// ...\nc();"))
                    .isEmpty();
            assertThat(Excerpt.missingIn("a();\nb();\nc();", "a();\nc();")).contains("a();\nc();");
            assertThat(Excerpt.missingIn("a();\nb();\nc();", "c();\n// ...\na();"))
                    .contains("a();");
        }

        @Test
        void finds_a_property_that_does_not_exist_and_a_value_that_breaks_its_rule() {
            assertThat(Configuration.faultsIn(block("yaml", "errgroup:", "  groups:", "    quote:", "      limit: 8")))
                    .isEmpty();
            assertThat(Configuration.faultsIn(block("yaml", "errgroup:", "  limits: 8")))
                    .containsExactly("errgroup.limits");
            assertThat(Configuration.faultsIn(block("properties", "server.shutdwn=immediate")))
                    .containsExactly("server.shutdwn");
            assertThat(Configuration.faultsIn(block("properties", "errgroup.limit=0")))
                    .singleElement()
                    .asString()
                    .contains("errgroup.limit");
        }

        @Test
        void finds_a_type_and_a_member_that_do_not_exist() {
            Page page = page("`ErrGroup.open()`, `ErrGroup.close(x)`, `GroupTherapy`, `GroupOutcome`, `task()`");
            assertThat(Names.ofTheProject().unknownIn(page)).containsExactly("GroupTherapy");
            assertThat(Names.ofTheProject().unknownIn(page("`ErrGroup.opened()`, `group.foreach(x)`")))
                    .containsExactly("ErrGroup.opened", "ErrGroup.foreach");
        }

        @Test
        void finds_coordinates_that_no_module_has() throws IOException {
            String known = "<dependency><groupId>io.github.errgroup</groupId><artifactId>errgroup-core</artifactId>"
                    + "<version>" + Coordinates.version() + "</version></dependency>";
            assertThat(Coordinates.unknownIn(known)).isEmpty();
            assertThat(Coordinates.unknownIn(known.replace("core", "kern"))).hasSize(1);
            assertThat(Coordinates.unknownIn(known.replace("<version>", "<version>9")))
                    .hasSize(1);
        }

        @Test
        void finds_JSON_that_is_none_and_a_file_that_is_none() {
            assertThat(isJson("{\"limit\": 16}")).isTrue();
            assertThat(isJson("{\"limit\": }")).isFalse();
            assertThat(missingFiles("sample-app/pom.xml errgroup-core/nothing"))
                    .containsExactly("errgroup-core/nothing");
        }

        private List<String> errors(String... lines) {
            return Snippets.errorsIn(List.of(block("java", lines)), output);
        }

        private Page.Block block(String language, String... lines) {
            List<String> all = new ArrayList<>(List.of("```" + language));
            all.addAll(List.of(lines));
            all.add("```");
            return page(all.toArray(new String[0])).blocks().get(0);
        }

        private Page page(String... lines) {
            return new Page(Path.of("made-up.md"), List.of(lines));
        }
    }
}
