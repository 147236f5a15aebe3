package io.github.errgroup.soak;

/** What a task does. */
enum TaskKind {
    COMPUTE(false),
    SLEEP(true),
    /** Waits for a lock that others hold. */
    LOCK(true),
    /** Waits at a blocking queue that others fill and empty. */
    QUEUE(true),
    /** Waits for its group's cancellation, with a bound. */
    UNTIL_CANCELLED(true),
    /** Swallows interrupts for a while. */
    STUBBORN(true),
    FAIL(false),
    FAIL_WITH_ERROR(false),
    /** Cancels its own group. */
    CANCEL(false),
    /** Starts further tasks in its own group. */
    SPAWN(false),
    /** Opens a group of its own. */
    NEST(false),
    /** Holds a slot until told otherwise: not load, but how slots are counted. */
    PROBE(false);

    private final boolean blocking;

    TaskKind(boolean blocking) {
        this.blocking = blocking;
    }

    boolean isBlocking() {
        return blocking;
    }
}
