package io.github.errgroup.interleavings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A statement of the engine, or the head of a block such as {@code if (...) {}, that a comment marks.
 *
 * @param source where it stands
 * @param text what else stands there
 * @param start where its first line begins in the text, that of the mark included
 * @param end where its last line ends
 */
record MarkedCode(Path source, String text, int start, int end) {
    /** Ends a statement, a head, a block or a comment; or has nothing but blanks. */
    private static final Pattern LAST_LINE = Pattern.compile("(.*([;{}]|\\*/))?\\s*");

    private static final Pattern COMMENT = Pattern.compile("\\s*//.*");

    /**
     * Finds what a mark marks.
     *
     * @throws IllegalStateException if the mark is missing, or stands in several places
     */
    static MarkedCode find(String mark, Map<Path, String> sources) {
        Pattern pattern = Pattern.compile("^.*// fault: " + Pattern.quote(mark) + "$", Pattern.MULTILINE);
        List<MarkedCode> found = new ArrayList<>();
        sources.forEach(
                (source, text) -> pattern.matcher(text).results().forEach(line -> found.add(of(line, source, text))));
        if (found.size() != 1) {
            throw new IllegalStateException("mark '" + mark + "' stands in " + found.size()
                    + " places of the engine, it must stand in one "
                    + found.stream().map(MarkedCode::source).toList());
        }
        return found.get(0);
    }

    private static MarkedCode of(MatchResult line, Path source, String text) {
        int start = line.start();
        int end = line.end();
        if (withoutComment(line.group()).isBlank()) {
            do {
                end = endOfLine(text, end + 1);
            } while (!isLast(text, end));
        } else {
            while (!isLast(text, start - 1)) {
                start = startOfLine(text, start - 1);
            }
        }
        return new MarkedCode(source, text, start, end);
    }

    /** Whether something ends in the line that ends there. */
    private static boolean isLast(String text, int end) {
        return LAST_LINE
                .matcher(withoutComment(text.substring(startOfLine(text, end), end)))
                .matches();
    }

    private static int startOfLine(String text, int within) {
        return text.lastIndexOf('\n', within - 1) + 1;
    }

    private static int endOfLine(String text, int within) {
        return text.indexOf('\n', within);
    }

    private static String withoutComment(String code) {
        return COMMENT.matcher(code).replaceAll("");
    }

    /** It, without comments. */
    String code() {
        return withoutComment(text.substring(start, end)).strip();
    }

    /** The source with something else in its place. */
    String replacedBy(String other) {
        return text.substring(0, start) + other + text.substring(end);
    }
}
