package io.github.errgroup.model;

import java.util.List;

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
    DYING,
    /** A pool with one thread. */
    POOL_OF_ONE,
    /** Runs tasks in the thread that submits them. */
    CALLER;

    /** Where a task that has a slot runs, at once and beside the others: the order of events is then the program's. */
    static final List<Place> ORDERLY =
            List.of(FRESH_THREADS, REUSED_THREADS, POOL, DELAYING, REJECTING, DROPPING, DYING);

    boolean isFaulty() {
        return this == REJECTING || this == DROPPING || this == DYING;
    }
}
