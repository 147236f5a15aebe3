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

/**
 * J13, N1, N5: a worker is about to take over the task that waits for its slot, and the limit is raised, which starts
 * that task too. One of the two sees to it.
 */
@JCStressTest
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task that no worker takes")
@State
@SeededFault(
        value = "a worker that ends does not look again",
        mark = {"ended-worker-is-discounted", "ended-worker-looks-again"},
        becomes = {SeededFault.LATER + "$1", ""})
public class WorkerAgainstSetLimit {
    private final Meeting meeting = new Meeting();

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final AtomicInteger ran = new AtomicInteger();

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).limit(1).build());

    private final Runnable worker;

    public WorkerAgainstSetLimit() {
        TaskRun<?> running = Stage.submit(group, ran::incrementAndGet);
        Stage.inside(running, () -> group.go(ran::incrementAndGet));
        worker = started.remove();
    }

    @Actor
    public void worker() {
        meeting.meet();
        worker.run();
    }

    @Actor
    public void operator() {
        meeting.meet();
        group.setLimit(2);
    }

    @Arbiter
    public void after(II_Result result) {
        Stage.runAll(started);
        result.r1 = ran.get();
        result.r2 = Stage.engine(group).outstanding();
    }
}
