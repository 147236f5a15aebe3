package io.github.errgroup.model;

/** Where a group's tasks run. The faulty ones fail at each third task. */
enum Place {
    FRESH_THREADS,
    REUSED_THREADS,
    POOL,
    /** A pool that is reached by a detour. */
    DELAYING,
    REJECTING,
    /** Takes a task and never runs it. */
    DROPPING,
    /** Has no memory for a thread. */
    DYING;

    boolean isFaulty() {
        return this == REJECTING || this == DROPPING || this == DYING;
    }
}
