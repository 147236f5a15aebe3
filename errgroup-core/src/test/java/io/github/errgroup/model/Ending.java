package io.github.errgroup.model;

/** How a program leaves its group. */
enum Ending {
    AWAIT,
    /** Takes what there is. */
    SETTLE,
    /** {@code await} with the owner's interrupt flag set, while tasks run. */
    AWAIT_INTERRUPTED,
    /** {@code close} without {@code await}, while tasks run. */
    CLOSE
}
