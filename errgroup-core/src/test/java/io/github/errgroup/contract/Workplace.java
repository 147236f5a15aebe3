package io.github.errgroup.contract;

import java.util.stream.Stream;

/**
 * Where tasks run: the contract is held in each of these, or in those alone that the system property
 * {@code errgroup.workplaces} names, separated by commas.
 */
enum Workplace {
    VIRTUAL_THREADS(true, Integer.MAX_VALUE, Integer.MAX_VALUE),
    PLATFORM_THREADS(true, Integer.MAX_VALUE, Integer.MAX_VALUE),
    REUSED_PLATFORM_THREADS(true, Integer.MAX_VALUE, Integer.MAX_VALUE),
    POOL_OF_ONE(false, 1, Integer.MAX_VALUE),
    POOL_OF_FOUR_WITH_A_QUEUE_OF_TWO(false, 4, 6),
    FORK_JOIN_POOL(false, 4, Integer.MAX_VALUE),
    IN_THE_CALLER(false, 0, Integer.MAX_VALUE),
    REJECTS_EVERY_THIRD(false, 2, 2),
    DROPS_EVERY_THIRD(false, 2, Integer.MAX_VALUE);

    private final boolean ownThreads;

    private final int tasksAtOnce;

    private final int taskInARow;

    Workplace(boolean ownThreads, int tasksAtOnce, int tasksInARow) {
        this.ownThreads = ownThreads;
        this.tasksAtOnce = tasksAtOnce;
        this.taskInARow = tasksInARow;
    }

    /** The places of this run; with a name in the property that is none of them, the run fails. */
    static Stream<Workplace> ofThisRun() {
        String names = System.getProperty("errgroup.workplaces", "");
        return names.isEmpty()
                ? Stream.of(values())
                : Stream.of(names.split(",")).map(Workplace::valueOf);
    }

    /** Whether the group makes the threads itself. */
    boolean hasOwnThreads() {
        return ownThreads;
    }

    /** How many tasks are sure to run side by side while nobody waits for them; 0 where the caller runs them. */
    int tasksAtOnce() {
        return tasksAtOnce;
    }

    /** How many tasks may be handed over at once before one of them is rejected. */
    int tasksInARow() {
        return taskInARow;
    }

    /** Opens the place for one test. */
    Site open() {
        return new Site(this);
    }
}
