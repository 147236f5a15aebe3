package io.github.errgroup.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A block that is a piece of a file, but for white space. A line {@code // ...} in it stands for something left out. */
final class Excerpt {
    private static final String GAP = "(?m)^\\s*// \\.\\.\\.$";

    private Excerpt() {}

    /** The first piece of a block that its file does not have after the pieces before. */
    static Optional<String> missingIn(String text, String block) {
        String whole = withoutSpace(text);
        int from = 0;
        for (String piece : block.split(GAP)) {
            int at = whole.indexOf(withoutSpace(piece), from);
            if (at < 0) {
                return Optional.of(piece.strip());
            }
            from = at + withoutSpace(piece).length();
        }
        return Optional.empty();
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }

    /**
     * The one file of a name below the sources of any module; where several have it, folders that are in its path stand
     * before the name.
     */
    static String read(String name) throws IOException {
        List<String> parts = List.of(name.split("/"));
        try (Stream<Path> files = Files.walk(Page.root())) {
            List<Path> found = files.filter(file -> file.endsWith(parts.get(parts.size() - 1)))
                    .filter(file ->
                            elements(file).contains("src") && elements(file).containsAll(parts))
                    .toList();
            if (found.size() != 1) {
                throw new AssertionError("files named " + name + " below src: " + found);
            }
            return Files.readString(found.get(0));
        }
    }

    private static Set<String> elements(Path file) {
        Set<String> elements = new HashSet<>();
        Page.root().relativize(file).forEach(element -> elements.add(element.toString()));
        return elements;
    }
}
