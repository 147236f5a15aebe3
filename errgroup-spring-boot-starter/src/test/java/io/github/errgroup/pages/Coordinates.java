package io.github.errgroup.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The dependencies that a page tells its reader to write down. */
final class Coordinates {
    private static final Pattern DEPENDENCY = Pattern.compile(
            "<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>" + "(?:\\s*<version>(.*?)</version>)?");

    private static final Pattern PARENT =
            Pattern.compile("<artifactId>errgroup-parent</artifactId>\\s*<version>(.*?)</version>");

    private Coordinates() {}

    /** Those that are no module of this project, in its version. */
    static List<String> unknownIn(String xml) {
        return DEPENDENCY
                .matcher(xml)
                .results()
                .map(found -> found.group(1) + ":" + found.group(2) + ":" + found.group(3))
                .filter(found -> !known().contains(found))
                .toList();
    }

    private static List<String> known() {
        return Stream.of("errgroup-core", "errgroup-spring-boot-starter")
                .map(module -> "io.github.errgroup:" + module + ":" + version())
                .toList();
    }

    static String version() {
        try {
            return PARENT.matcher(Files.readString(Page.root().resolve("pom.xml")))
                    .results()
                    .findFirst()
                    .orElseThrow()
                    .group(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
