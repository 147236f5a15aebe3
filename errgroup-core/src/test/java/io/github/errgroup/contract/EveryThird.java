package io.github.errgroup.contract;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes commands on, all but every third. */
final class EveryThird implements Executor {
    /** What becomes of every third command. */
    enum Fate {
        REJECTED,
        DROPPED
    }

    private final Executor executor;

    private final Fate fate;

    private final AtomicInteger commands = new AtomicInteger();

    private final AtomicInteger lost = new AtomicInteger();

    EveryThird(Executor executor, Fate fate) {
        this.executor = executor;
        this.fate = fate;
    }

    @Override
    public void execute(Runnable command) {
        if (commands.incrementAndGet() % 3 != 0) {
            executor.execute(command);
            return;
        }
        lost.incrementAndGet();
        if (fate == Fate.REJECTED) {
            throw new RejectedExecutionException("every third");
        }
    }

    /** How many commands were rejected or dropped. */
    int lost() {
        return lost.get();
    }
}
