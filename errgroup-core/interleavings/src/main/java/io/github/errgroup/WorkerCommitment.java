package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** J13: a task is submitted while the committed worker finds nothing more and ends. One of the two sees to it. */
@JCStressTest
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task that no worker takes")
@State
@SeededFault(
        value = "a worker that ends does not look again",
        mark = {"ended-worker-is-discounted", "ended-worker-looks-again"},
        becomes = {SeededFault.LATER + "$1", ""})
@SeededFault(
        value = "the submitter looks for a worker before the task is in the queue",
        mark = {"submitted-task-is-queued", "submitter-looks"},
        becomes = {"boolean commit = committed == NOBODY; " + SeededFault.LATER + "$1", "if (commit) { $2 }"})
public class WorkerCommitment {
    private final Meeting meeting = new Meeting();

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final AtomicInteger ran = new AtomicInteger();

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).limit(100).build());

    private final Runnable worker;

    public WorkerCommitment() {
        group.go(ran::incrementAndGet);
        group.go(ran::incrementAndGet);
        // The first worker runs both, and commits a second for the one that was queued, which comes too late.
        started.remove().run();
        worker = started.remove();
    }

    @Actor
    public void caller() {
        meeting.meet();
        group.go(ran::incrementAndGet);
    }

    @Actor
    public void worker() {
        meeting.meet();
        worker.run();
    }

    @Arbiter
    public void after(II_Result result) {
        Stage.runAll(started);
        result.r1 = ran.get();
        result.r2 = Stage.engine(group).outstanding();
    }
}
