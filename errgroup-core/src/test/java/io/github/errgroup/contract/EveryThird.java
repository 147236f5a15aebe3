package io.github.errgroup.contract;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /** Handed over again, they are rejected again. */
    private final Set<Runnable> rejected = ConcurrentHashMap.newKeySet();

    private final AtomicInteger lost = new AtomicInteger();

    EveryThird(Executor executor, Fate fate) {
        this.executor = executor;
        this.fate = fate;
    }

    @Override
    public void execute(Runnable command) {
        if (!rejected.contains(command) && commands.incrementAndGet() % 3 != 0) {
            executor.execute(command);
            return;
        }
        if (fate == Fate.DROPPED || rejected.add(command)) {
            lost.incrementAndGet();
        }
        if (fate == Fate.REJECTED) {
            throw new RejectedExecutionException("every third");
        }
    }

    /** How many commands were rejected or dropped. */
    int lost() {
        return lost.get();
    }
}
