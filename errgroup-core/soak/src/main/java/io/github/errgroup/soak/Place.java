package io.github.errgroup.soak;

/** Where a group's tasks run. */
enum Place {
    /** The group's own threads: virtual where there are any. */
    AUTOMATIC,
    /** The group's own platform threads. */
    PLATFORM,
    /** Virtual threads of a factory of ours, which counts them; platform threads where there are none. */
    FACTORY,
    POOL_OF_FOUR,
    FORK_JOIN,
    CALLER_RUNS
}
