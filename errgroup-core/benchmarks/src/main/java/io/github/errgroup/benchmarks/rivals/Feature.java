package io.github.errgroup.benchmarks.rivals;

/** What a rival can be asked to do, besides running many tasks at once. */
public enum Feature {
    /** Keeps a limit on running tasks. */
    LIMIT,
    /** Collects values in order. */
    MAP,
    /** Runs tasks on an executor that is handed in. */
    POOL,
    /** Lets several threads submit to one group. */
    MANY_SUBMITTERS,
    /** Runs any number of tasks that block, each on a thread of its own. */
    BLOCKING,
    /** Interrupts the others when one task fails, and returns when they have ended. */
    CANCEL,
    /** Takes part where the limit is small, and platform threads keep it. */
    SMALL_LIMIT,
    /** Counts and times tasks and groups in a {@code MeterRegistry}, and carries the caller's context into each task. */
    OBSERVED
}
