package io.github.errgroup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every message that the page explains is still one of ours. */
class TroubleshootingPageTest {
    private static final Path PAGE = Path.of("errgroup-core/docs/guide/troubleshooting.md");

    private static final List<String> MODULES = List.of("errgroup-core", "errgroup-spring-boot-starter");

    @Test
    void each_message_stands_in_the_code() throws IOException {
        List<String> messages = Page.of(PAGE).headings().stream()
                .filter(heading -> heading.startsWith("`"))
                .map(heading -> heading.replace("`", ""))
                .toList();
        String code = code();
        assertThat(messages)
                .isNotEmpty()
                .allSatisfy(message -> assertThat(missingIn(code, message)).isEmpty());
    }

    @Test
    void a_message_that_nobody_says_is_found() throws IOException {
        String code = "throw new X(\"group '\" + name + \"' is closed,\"\n    + \" and ended\");";
        assertThat(missingIn(joined(code), "group '…' is closed, and ended")).isEmpty();
        assertThat(missingIn(joined(code), "group '…' is open")).containsExactly("is open");
    }

    /** The pieces of a message that the code does not have. */
    private static List<String> missingIn(String code, String message) {
        return Stream.of(message.split("[…'()#]+"))
                .map(piece -> piece.replaceAll("^[: ]+|[: ]+$", ""))
                .filter(piece -> piece.length() > 2)
                .filter(piece -> !code.contains(piece))
                .toList();
    }

    /** The code of both modules, with the strings that are one message joined. */
    private static String code() throws IOException {
        StringBuilder code = new StringBuilder();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Page.root().resolve(module).resolve("src/main/java"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    code.append(Files.readString(file));
                }
            }
        }
        return joined(code.toString());
    }

    private static String joined(String code) {
        return code.replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\"");
    }
}
