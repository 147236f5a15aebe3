package io.github.errgroup.mutation;

import java.util.List;
import org.w3c.dom.Element;

/**
 * One change to the engine, named by what stands in its source, so that the name outlives the line's number. Two changes
 * of one kind on one line have one name.
 *
 * @param type the class, without its package
 * @param method the method; a lambda goes by the method around it
 * @param line the line of source, trimmed
 * @param change what PIT did to it, without package names
 */
record Mutant(String type, String method, String line, String change) {

    /** Reads one {@code <mutation>} of PIT's report. */
    static Mutant of(Element mutation, List<String> source) {
        String type = text(mutation, "mutatedClass");
        String change =
                text(mutation, "description").replaceAll("([\\w$]+/)+", "").replaceAll("(replaced .*) for .*", "$1");
        return new Mutant(
                type.substring(type.lastIndexOf('.') + 1).replace('$', '.'),
                text(mutation, "mutatedMethod").replaceAll("^lambda\\$(.*)\\$\\d+$", "$1"),
                source.get(Integer.parseInt(text(mutation, "lineNumber")) - 1).trim(),
                change);
    }

    static String text(Element mutation, String tag) {
        return mutation.getElementsByTagName(tag).item(0).getTextContent();
    }

    /** The class that the source file is named after. */
    String topLevelType() {
        return type.replaceAll("\\..*", "");
    }
}
