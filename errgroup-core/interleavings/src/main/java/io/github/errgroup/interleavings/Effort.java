package io.github.errgroup.interleavings;

import java.util.List;

/** How long a run looks. */
enum Effort {
    /** For every build: what a test needs, with a margin. */
    SHORT(
            new Round(3, 900),
            false,
            List.of(
                    new Round(1, 200),
                    new Round(2, 800),
                    new Round(4, 1_000),
                    new Round(12, 1_000),
                    new Round(40, 1_000))),

    /** For a release. */
    LONG(
            new Round(30, 2_000),
            true,
            List.of(new Round(1, 200), new Round(3, 800), new Round(10, 1_000), new Round(30, 2_000)));

    /** So many iterations of a test of so many milliseconds each, in each of jcstress's JVMs. */
    record Round(int iterations, int millis) {}

    /** On the engine as it is. */
    final Round engine;

    /** Whether the engine as it is runs with biased locking, too, where the JDK still has it. */
    final boolean biasedLocking;

    /** What is looked for in vain in one is looked for again in the next, and is missed after the last. */
    final List<Round> faults;

    Effort(Round engine, boolean biasedLocking, List<Round> faults) {
        this.engine = engine;
        this.biasedLocking = biasedLocking;
        this.faults = faults;
    }
}
