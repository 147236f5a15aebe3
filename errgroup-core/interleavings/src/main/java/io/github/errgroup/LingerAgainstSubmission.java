package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LII_Result;

/**
 * J13: a task is submitted while the only worker goes to linger. That worker takes it: it sees the task, or the submitter sees
 * the worker. No second one is started, and the task does not lie until the worker's moment is over, which is never here.
 */
@JCStressTest
@Outcome(id = "taken, 0, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task beside an idle worker, or a worker too many")
@State
@SeededFault(
        value = "a worker does not look at the queue once it can be seen to linger",
        mark = {"lingering-worker-is-seen", "lingering-worker-looks"},
        becomes = {
            "boolean early = !queue.isEmpty(); " + SeededFault.LATER + "$1",
            "if (early && tryCommit(Thread.currentThread())) {"
        })
@SeededFault(
        value = "a worker is started though one is about to linger",
        mark = "another-worker-is-wanted",
        becomes = "return true;")
public class LingerAgainstSubmission {
    /** Long enough for two threads to be scheduled on a crowded machine; once the test is red, short. */
    private static volatile long patienceNanos = TimeUnit.SECONDS.toNanos(5);

    private final Meeting meeting = new Meeting();

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).limit(1).build());

    private final Runnable worker;

    public LingerAgainstSubmission() {
        Workers.lingerNanos = TimeUnit.DAYS.toNanos(1);
        group.go(() -> {});
        worker = started.remove();
    }

    @Actor
    public void caller(LII_Result result) {
        meeting.meet();
        while (Stage.engine(group).outstanding() > 0) {
            Thread.onSpinWait(); // until the worker has freed the slot
        }
        Subtask<?> second = group.go(() -> {});
        long start = System.nanoTime();
        result.r1 = "taken";
        while (!second.state().isEnded()) {
            if (System.nanoTime() - start > patienceNanos) {
                patienceNanos = TimeUnit.MICROSECONDS.toNanos(100);
                result.r1 = "not taken";
                break;
            }
            Thread.onSpinWait();
        }
        group.cancel(); // which ends the worker
    }

    @Actor
    public void worker() {
        meeting.meet();
        worker.run();
    }

    @Arbiter
    public void after(LII_Result result) {
        result.r2 = started.size();
        Stage.runAll(started);
        result.r3 = Stage.engine(group).outstanding();
    }
}
