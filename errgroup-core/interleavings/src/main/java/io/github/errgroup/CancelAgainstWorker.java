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
import org.openjdk.jcstress.infra.results.LL_Result;

/** J2, J13: a group is cancelled while a worker starts a task. It is never running, cancelled and not interrupted. */
@JCStressTest
@Outcome(
        id = {"interrupted, SUCCEEDED", "never ran, SKIPPED"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "running, cancelled and not interrupted")
@State
@SeededFault(value = "a worker does not show what it runs", mark = "worker-shows-its-task", becomes = "")
public class CancelAgainstWorker {
    private final Meeting meeting = new Meeting();

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).limit(2).build());

    private volatile boolean cancelled;

    private String seen = "never ran";

    /** A worker has its first task in hand when it starts; the next one it takes out of the queue. */
    private final Subtask<?> first = group.go(() -> {});

    private final Subtask<?> task = group.go(() -> {
        while (!cancelled) {
            Thread.onSpinWait();
        }
        seen = Thread.interrupted() ? "interrupted" : "missed";
    });

    @Actor
    public void worker() {
        meeting.meet();
        started.remove().run();
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
        cancelled = true;
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = seen;
        result.r2 = task.state();
    }
}
