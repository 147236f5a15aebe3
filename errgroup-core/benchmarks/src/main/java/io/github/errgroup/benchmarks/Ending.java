package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.rivals.Feature;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What is timed from an event until the group has returned, while its tasks are blocked; a run is one group. Every constant
 * is one panel of the picture.
 */
public enum Ending {
    /** {@link CancelBenchmark}; the tasks are parked. */
    CANCEL(
            "cancel",
            "a failure among 10,000 blocked tasks, until await returns",
            "A task of ours is looked for and interrupted exactly while it runs: its status is claimed "
                    + "before its thread is interrupted and read again at its end, one more access to memory each "
                    + "where 10,000 of them are out of the processor's caches; and it is taken out of the table of "
                    + "threads and out of the group, one by one, and counted as cancelled. By hand every thread of an "
                    + "array is interrupted, whether its task still runs or not, and a latch is counted down.",
            Feature.CANCEL) {
        /** Not on one latch for all: taking ten thousand interrupted waiters out of its list would be all that is seen. */
        @Override
        void block() throws InterruptedException {
            while (!Thread.interrupted()) {
                LockSupport.park();
            }
            throw new InterruptedException();
        }
    },
    /** {@link CancelBenchmark}; the tasks sleep, so that a timer is taken back for each of them. */
    CANCEL_SLEEPING(
            "cancel-sleeping",
            "a failure among 10,000 sleeping tasks, until await returns",
            "As with parked tasks; beside what the JDK does to take back 10,000 timers and to make 10,000 "
                    + "exceptions our part is smaller.",
            Feature.CANCEL) {
        @Override
        void block() throws InterruptedException {
            Thread.sleep(TimeUnit.HOURS.toMillis(1));
        }
    },
    /** {@link MillionBlocked}. */
    MILLION_BLOCKED(
            "million-blocked",
            "a million blocked tasks, released",
            "Once in a JVM, so that the way out of a group runs while its code is cold, and ours has more of it.",
            Feature.BLOCKING) {
        @Override
        void block() {
            throw new UnsupportedOperationException(id() + " blocks its tasks itself");
        }
    };

    private final String id;
    private final String title;
    private final String decides;
    private final Feature needs;

    Ending(String id, String title, String decides, Feature needs) {
        this.id = id;
        this.title = title;
        this.decides = decides;
        this.needs = needs;
    }

    /**
     * Blocks a task until it is interrupted.
     *
     * @throws InterruptedException always
     */
    abstract void block() throws InterruptedException;

    /**
     * The name in results and on the command line.
     *
     * @return a few lower-case words joined by hyphens
     */
    public String id() {
        return id;
    }

    /**
     * The name in pictures and tables.
     *
     * @return a few words
     */
    public String title() {
        return title;
    }

    /**
     * What its time goes into, and by what others are ahead where they are. For the reader of a row where we are not first.
     *
     * @return a few sentences
     */
    public String decides() {
        return decides;
    }

    /**
     * What a rival must be able to do to take part.
     *
     * @return the feature
     */
    public Feature needs() {
        return needs;
    }

    /**
     * One of them.
     *
     * @param id its {@link #id()}
     * @return the ending; empty if there is none of that id
     */
    public static Optional<Ending> named(String id) {
        return Stream.of(values()).filter(ending -> ending.id.equals(id)).findFirst();
    }
}
