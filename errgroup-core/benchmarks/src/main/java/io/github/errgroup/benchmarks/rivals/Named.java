package io.github.errgroup.benchmarks.rivals;

/** What is shown of a rival, also where this JDK cannot run it. */
public interface Named {
    /**
     * The name in results and on the command line.
     *
     * @return a few lower-case words joined by hyphens
     */
    String id();

    /**
     * The name in pictures and tables.
     *
     * @return a few words
     */
    String title();
}
