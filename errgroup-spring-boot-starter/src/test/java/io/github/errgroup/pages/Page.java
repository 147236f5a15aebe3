package io.github.errgroup.pages;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of Markdown, as GitHub reads it.
 *
 * @param file where it is, relative to the root of the project
 * @param lines its text
 */
record Page(Path file, List<String> lines) {
    private static final Pattern FENCE = Pattern.compile("^\\s*```(\\w*)\\s*$");

    private static final Pattern HEADING = Pattern.compile("^#{1,6} (.+)$");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static final Pattern MARK = Pattern.compile("^\\s*<!-- from (\\S+) -->\\s*$");

    /**
     * A block of code.
     *
     * @param page the page's file
     * @param line the line of its fence, from 1
     * @param language what follows the fence
     * @param source the file that the line before the fence names in {@code <!-- from Name.java -->}; empty for none
     * @param text the code
     */
    record Block(Path page, int line, String language, String source, String text) {
        String place() {
            return page + ":" + line;
        }
    }

    /** A link to something in the project: the line that it is on, and its target. */
    record Link(int line, String target) {}

    /** Every page of the project, but for what the build makes. */
    static List<Page> all() {
        return files(".md").stream().map(Page::of).toList();
    }

    /** Every public type that is published: each example of its Javadoc is a block of Java. */
    static List<Page> publicTypes() {
        return files(".java").stream()
                .filter(file -> file.toString().matches("errgroup-(core|spring-boot-starter).src.main.*"))
                .map(Page::of)
                .filter(page -> page.lines.stream().anyMatch(line -> line.startsWith("public ")))
                .map(Page::withExamplesOfJavadoc)
                .toList();
    }

    Page withExamplesOfJavadoc() {
        return new Page(
                file,
                lines.stream()
                        .map(line -> line.replaceFirst("^ *\\* ?", "")
                                .replaceFirst("^<pre>\\{@code$", "```java")
                                .replaceFirst("^\\}</pre>$", "```"))
                        .toList());
    }

    private static List<Path> files(String suffix) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(root(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    String name = folder.getFileName().toString();
                    return name.equals("target") || name.equals(".git")
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(suffix)) {
                        found.add(root().relativize(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
            return found.stream().sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Page of(Path file) {
        try {
            return new Page(file, Files.readAllLines(root().resolve(file)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Its lines as one text. */
    String text() {
        return String.join("\n", lines);
    }

    /** The folder of the whole project: tests run in that of their module. */
    static Path root() {
        return Path.of("").toAbsolutePath().getParent();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = FENCE.matcher(lines.get(i));
            if (fence.matches()) {
                Matcher mark = MARK.matcher(i == 0 ? "" : lines.get(i - 1));
                int begin = i + 1;
                i = endOfBlock(begin);
                blocks.add(new Block(
                        file,
                        begin,
                        fence.group(1),
                        mark.matches() ? mark.group(1) : "",
                        String.join("\n", lines.subList(begin, i)).stripIndent()));
            }
        }
        return blocks;
    }

    private int endOfBlock(int begin) {
        int end = begin;
        while (end < lines.size() && !lines.get(end).strip().equals("```")) {
            end++;
        }
        return end;
    }

    /** Its lines, but those of code, which are empty. */
    private List<String> prose() {
        List<String> prose = new ArrayList<>(lines);
        for (Block block : blocks()) {
            for (int i = block.line() - 1; i <= Math.min(endOfBlock(block.line()), lines.size() - 1); i++) {
                prose.set(i, "");
            }
        }
        return prose;
    }

    /** The links that lead to a place in the project. */
    List<Link> links() {
        List<Link> links = new ArrayList<>();
        List<String> prose = prose();
        for (int i = 0; i < prose.size(); i++) {
            Matcher link = LINK.matcher(prose.get(i).replaceAll("`[^`]*`", "`"));
            while (link.find()) {
                if (!link.group(1).matches("[a-z]+:.*")) {
                    links.add(new Link(i + 1, link.group(1)));
                }
            }
        }
        return links;
    }

    /** The pieces of code in its prose. */
    List<String> codeSpans() {
        return prose().stream()
                .flatMap(line -> CODE.matcher(line).results())
                .map(code -> code.group(1))
                .toList();
    }

    /** What a link may name after {@code #}. */
    Set<String> anchors() {
        Set<String> anchors = new LinkedHashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String heading : headings()) {
            String anchor = heading.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        }
        return anchors;
    }

    /** The text of each heading. */
    List<String> headings() {
        return prose().stream()
                .map(HEADING::matcher)
                .filter(Matcher::matches)
                .map(heading -> heading.group(1).strip())
                .toList();
    }

    /** The cells of each row of its tables, without the heads. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        List<String> prose = prose();
        for (int i = 1; i < prose.size(); i++) {
            boolean isRow = prose.get(i).startsWith("|") && prose.get(i - 1).startsWith("|");
            if (isRow && !prose.get(i).matches("[|: -]+")) {
                rows.add(cells(prose.get(i)));
            }
        }
        return rows;
    }

    @Override
    public String toString() {
        return file.toString();
    }

    private static List<String> cells(String row) {
        return Stream.of(row.strip().replaceAll("^\\||\\|$", "").split("(?<!\\\\)\\|", -1))
                .map(String::strip)
                .toList();
    }
}
