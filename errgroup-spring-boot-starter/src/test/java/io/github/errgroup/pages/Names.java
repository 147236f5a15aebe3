package io.github.errgroup.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The types of the project, by their simple names.
 *
 * @param sources the code of each, without comments
 */
record Names(Map<String, String> sources) {
    /** A type that is named as ours are, and the member after it. */
    private static final Pattern NAME =
            Pattern.compile("^((?:ErrGroup|Group|Subtask|Task|ParentCancelled|SharedLimit|ContextPropagator|NamedGroup"
                    + "|FrameworkAccess|LimitExceeded|CancelReason|ClusterLimit)[A-Z]?\\w*)"
                    + "(?:\\.(\\w+))?");

    /** How pages call a group, a factory and the options. */
    private static final Map<String, String> VARIABLES =
            Map.of("group", "ErrGroup", "groups", "ErrGroups", "o", "ErrGroupOptions");

    private static final Pattern NESTED = Pattern.compile("\\b(?:class|record|interface|enum) ([A-Z]\\w+)");

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|(?m:^\\s*//.*$)", Pattern.DOTALL);

    static Names ofTheProject() {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(Page.root())) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = COMMENT.matcher(Files.readString(file)).replaceAll("");
                NESTED.matcher(source).results().forEach(type -> sources.merge(type.group(1), source, String::concat));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Names(sources);
    }

    /** Types that do not exist, and members that their source does not have. */
    List<String> unknownIn(Page page) {
        return page.codeSpans().stream()
                .flatMap(code -> NAME.matcher(withType(code)).results())
                .filter(name -> !exists(name))
                .map(MatchResult::group)
                .toList();
    }

    private static String withType(String code) {
        String variable = code.replaceAll("\\..*", "");
        return code.length() > variable.length()
                ? VARIABLES.getOrDefault(variable, variable) + code.substring(variable.length())
                : code;
    }

    private boolean exists(MatchResult name) {
        String source = sources.get(name.group(1));
        String member = name.group(2);
        return source != null
                && (member == null
                        || member.equals("java")
                        || Pattern.compile("\\b" + member + "\\b")
                                .matcher(source)
                                .find());
    }
}
