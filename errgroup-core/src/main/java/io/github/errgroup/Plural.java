package io.github.errgroup;

/** Counts in English: 1 task, 2 tasks. */
final class Plural {
    private Plural() {}

    static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
