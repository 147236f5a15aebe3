package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * J13: the first worker commits a virtual thread that waits for the group, while that thread waits no more. One of the two
 * sees to the second task before the first has ended. Below Java 21 there is no such thread to commit, and the race does not exist.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task that waits for another to end")
@State
@SeededFault(
        value = "the committing thread does not look whether it still waits",
        since = 21,
        mark = {"awaiter-is-committed", "committer-looks"},
        becomes = {"$2 " + SeededFault.LATER + "$1", ""})
@SeededFault(
        value = "an awaiter that waits no more does not look whether it was committed",
        since = 21,
        mark = "leaving-awaiter-looks",
        becomes = "")
public class AwaiterCommitment {
    private static final ThreadFactory AWAITERS =
            TaskThreads.virtualThreadsSupported() ? VirtualThreads.factory("awaiter") : Thread::new;

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private volatile boolean secondRan;

    private volatile boolean secondRanDuringFirst;

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).reuseThreads(true).build());

    private final GroupEngine engine = Stage.engine(group);

    private final Runnable worker;

    private volatile boolean waiting;

    private volatile boolean enough;

    private volatile boolean left;

    public AwaiterCommitment() {
        group.go(this::first);
        group.go(() -> {
            secondRan = true;
        });
        worker = started.remove();
    }

    /** Lasts until the awaiter has left, then looks what has become of the second task. */
    private void first() {
        while (!left) {
            Thread.onSpinWait();
        }
        Stage.runAll(started);
        secondRanDuringFirst = secondRan;
    }

    @Actor
    public void awaiter() {
        Thread thread = AWAITERS.newThread(() -> {
            engine.awaitUntil(this::isEnough, false);
            left = true;
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Not at first; then, asked by the registered awaiter, as soon as the worker begins. */
    private boolean isEnough(GroupEngine asked) {
        if (asked.virtualAwaiter() == null && TaskThreads.virtualThreadsSupported()) {
            return false;
        }
        waiting = true;
        while (!enough) {
            Thread.onSpinWait();
        }
        return true;
    }

    @Actor
    public void worker() {
        while (!waiting) {
            Thread.onSpinWait();
        }
        enough = true;
        worker.run();
    }

    @Arbiter
    public void after(II_Result result) {
        Stage.runAll(started);
        result.r1 = secondRanDuringFirst ? 1 : 0;
        result.r2 = engine.outstanding();
    }
}
