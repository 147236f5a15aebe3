package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** J13: a task is submitted while the committed worker goes to run another. It never waits for that one to end. */
@JCStressTest
@Outcome(id = "another worker, SUCCEEDED, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task that waits for another to end")
@State
@SeededFault(
        value = "a worker that runs a task looks at the queue before it gives its commitment up, and not after",
        mark = {"busy-worker-gives-up", "busy-worker-looks-again"},
        becomes = {SeededFault.LATER + "$1", ""})
public class SubmissionAgainstBusyWorker {
    private final Meeting meeting = new Meeting();

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).limit(100).build());

    private volatile boolean submitted;

    private String seen = "never ran";

    private Subtask<?> second;

    private final Runnable worker;

    public SubmissionAgainstBusyWorker() {
        second = group.go(() -> {
            while (!submitted) {
                Thread.onSpinWait();
            }
            seen = started.isEmpty() ? "nobody" : "another worker";
        });
        worker = started.remove();
    }

    @Actor
    public void caller() {
        meeting.meet();
        second = group.go(() -> {});
        submitted = true;
    }

    @Actor
    public void worker() {
        meeting.meet();
        worker.run();
    }

    @Arbiter
    public void after(LLL_Result result) {
        Stage.runAll(started);
        result.r1 = seen;
        result.r2 = second.state();
        result.r3 = Stage.engine(group).outstanding();
    }
}
