package io.github.errgroup.spring.autoconfigure;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What somebody meant who mistyped a word. */
final class NearestWord {
    private NearestWord() {}

    /** The candidate with the fewest letters to insert, drop or replace; null if all are too far off to be meant. */
    static @Nullable String to(String word, Collection<String> candidates) {
        String nearest = null;
        int fewest = Math.max(2, word.length() / 3) + 1;
        for (String candidate : candidates) {
            int edits = edits(word, candidate);
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Levenshtein's distance, row by row. */
    private static int edits(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[to.length()];
    }
}
