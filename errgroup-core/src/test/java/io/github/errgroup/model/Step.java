package io.github.errgroup.model;

/**
 * One operation of a program.
 *
 * @param behaviour of the task that it submits, if it does
 * @param number which running task to let finish, or the new limit
 */
record Step(Kind kind, Behaviour behaviour, int number) {
    enum Kind {
        GO,
        TRY_GO,
        /** {@code go} with the owner's interrupt flag set. */
        GO_INTERRUPTED,
        /** Opens a running task's gate. */
        FINISH,
        CANCEL,
        SET_LIMIT,
        /** The deadline passes. */
        EXPIRE,
        /** Lets all finish and awaits, in a group that may go on then. */
        AWAIT
    }

    @Override
    public String toString() {
        return switch (kind) {
            case GO, TRY_GO, GO_INTERRUPTED -> kind + " " + behaviour;
            case FINISH, SET_LIMIT -> kind + " " + number;
            case CANCEL, EXPIRE, AWAIT -> kind.toString();
        };
    }
}
