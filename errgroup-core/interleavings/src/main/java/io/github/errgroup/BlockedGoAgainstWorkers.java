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
import org.openjdk.jcstress.infra.results.LLL_Result;

/** G3, J13: a worker frees a slot while more is queued, and wakes nobody. The one that empties the queue does. */
@JCStressTest
@Outcome(id = "woken, 3, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a free slot, and a caller asleep")
@State
@SeededFault(value = "the worker that empties the queue wakes nobody", mark = "emptied-queue-is-told", becomes = "")
public class BlockedGoAgainstWorkers {
    private final Meeting meeting = new Meeting();

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final AtomicInteger ran = new AtomicInteger();

    private volatile boolean entered;

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).limit(2).build());

    private final Runnable worker;

    public BlockedGoAgainstWorkers() {
        group.go(ran::incrementAndGet);
        group.go(() -> {
            ran.incrementAndGet();
            while (!entered) {
                Thread.onSpinWait();
            }
        });
        worker = started.remove();
    }

    @Actor
    public void caller(LLL_Result result) {
        meeting.meet();
        result.r1 = Rescue.watch(() -> group.go(ran::incrementAndGet), Stage.engine(group)::slotFreed);
        entered = true;
    }

    @Actor
    public void worker() {
        meeting.meet();
        worker.run();
    }

    @Arbiter
    public void after(LLL_Result result) {
        Stage.runAll(started);
        result.r2 = ran.get();
        result.r3 = Stage.engine(group).outstanding();
    }
}
