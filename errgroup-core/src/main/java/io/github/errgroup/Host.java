package io.github.errgroup;

/**
 * Whose thread a task runs on: what becomes of the thread at the end of the task (J1, J13). A worker, which takes several
 * tasks, and a thread of an external executor ({@link LastSteps}) are hosts of their own.
 */
interface Host {
    /** A thread that ends with its task: but first it may launch the task that takes its slot, of another group too. */
    Host FRESH_THREAD = new Host() {
        @Override
        public void taskEnds(TaskRun<?> task, boolean interrupted) {
            Thread.interrupted();
        }

        @Override
        public boolean endsWithTask() {
            return true;
        }
    };

    /** A thread of a pool: the pool's next task finds no flag. */
    Host POOL_THREAD = (task, interrupted) -> Thread.interrupted();

    /** The thread that called {@code execute}: take back what we did to it, and nothing else. */
    Host CALLERS_THREAD = (task, interrupted) -> {
        if (interrupted) {
            Thread.interrupted();
        }
    };

    /**
     * The task has ended, and is about to free its slot.
     *
     * @param task the task
     * @param interrupted whether we interrupted this thread for it; that interrupt has arrived
     */
    void taskEnds(TaskRun<?> task, boolean interrupted);

    /** Whether the thread ends with the task, and nobody else's code runs in it. */
    default boolean endsWithTask() {
        return false;
    }

    /**
     * The thread is about to free the task's slot, and then to launch a task of another group, which some executors run in the
     * thread that launches it.
     */
    default void isHeldUp() {}
}
