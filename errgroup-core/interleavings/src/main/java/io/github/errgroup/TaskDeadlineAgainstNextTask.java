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

/** N10, J1, J13: a task's own deadline passes while its worker goes on to the next task, which is never interrupted for it. */
@JCStressTest
@Outcome(id = "clear, SUCCEEDED, SUCCEEDED", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the next task was interrupted")
@State
@SeededFault(
        value = "the deadline's interrupt counts as delivered before it has arrived",
        mark = "deadline-is-delivered",
        becomes = "delivered(); " + SeededFault.LATER + "Interrupts.deliver(thread, () -> {});")
public class TaskDeadlineAgainstNextTask {
    /** Longer than the fault's interrupt is late. */
    private static final int SPINS = 1_000;

    private final Meeting meeting = new Meeting();

    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final Stage.Timer timer = new Stage.Timer(2);

    private final ErrGroup group = ErrGroup.open(Stage.ownThreads(started)
            .limit(3)
            .taskTimeout(Stage.TIMEOUT)
            .clock(timer)
            .build());

    private String seen = "never ran";

    /** A worker has this one in hand when it starts, for a thread that never runs; the next ones it takes out of the queue. */
    private final Subtask<?> inHand = group.go(() -> {});

    private final Subtask<?> first = group.go(timer::awaitPassing);

    private final Subtask<?> next = group.go(() -> {
        for (int spin = 0; spin < SPINS; spin++) {
            Thread.onSpinWait();
        }
        seen = Thread.interrupted() ? "flag" : "clear";
    });

    @Actor
    public void worker() {
        meeting.meet();
        Stage.runAll(started);
    }

    @Actor
    public void timer() {
        meeting.meet();
        timer.fire();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r1 = seen;
        result.r2 = first.state();
        result.r3 = next.state();
    }
}
