package io.github.errgroup.model;

/**
 * One operation of a program.
 *
 * @param behaviour of the task that it submits, if it does
 * @param number which running task to let finish or submit, or the new limit
 */
record Step(Kind kind, Behaviour behaviour, int number) {
    enum Kind {
        GO,
        TRY_GO,
        /** {@code go} in another thread, which blocks there if there is no room. */
        GO_ELSEWHERE,
        /** Interrupts the first caller that is blocked in {@code go}. */
        INTERRUPT_CALLER,
        /** A running task submits one, and runs on. */
        SPAWN,
        /** {@code go} with the owner's interrupt flag set. */
        GO_INTERRUPTED,
        /** Opens a running task's gate. */
        FINISH,
        CANCEL,
        SET_LIMIT,
        /** The deadline passes. */
        EXPIRE,
        /** A running task's own deadline passes. */
        EXPIRE_TASK,
        /** Lets all finish and awaits, in a group that may go on then. */
        AWAIT
    }

    @Override
    public String toString() {
        return switch (kind) {
            case GO, TRY_GO, GO_ELSEWHERE, GO_INTERRUPTED -> kind + " " + behaviour;
            case SPAWN -> kind + " in " + number + " " + behaviour;
            case FINISH, SET_LIMIT, EXPIRE_TASK -> kind + " " + number;
            case INTERRUPT_CALLER, CANCEL, EXPIRE, AWAIT -> kind.toString();
        };
    }
}
