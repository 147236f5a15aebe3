package io.github.errgroup.model;

/** What a task does once its gate is opened. */
enum Behaviour {
    SUCCEED,
    THROW,
    THROW_ERROR,
    /** Goes on waiting at its gate when it is interrupted, and then succeeds. */
    STUBBORN,
    /** Likewise, and then throws. */
    STUBBORN_THROW,
    /** Submits another task to its own group. */
    SPAWN,
    /** Opens a group in itself at the start, and awaits it. */
    NEST;

    boolean isStubborn() {
        return this == STUBBORN || this == STUBBORN_THROW;
    }
}
