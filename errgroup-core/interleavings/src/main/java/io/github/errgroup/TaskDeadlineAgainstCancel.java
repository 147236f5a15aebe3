package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * N10, J2: a task's own deadline passes while its group is cancelled, and the task answers the first interrupt and goes on. It
 * is never running, cancelled and not interrupted since.
 */
@JCStressTest
@Outcome(
        id = {"interrupted, FAILED", "interrupted, CANCELLED"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "running, cancelled and not interrupted")
@State
@SeededFault(
        value = "the thread that delivers the deadline's interrupt does not look at the cancellation then",
        mark = "deadline-is-delivered",
        becomes = "Interrupts.deliver(thread, () -> { " + SeededFault.LATER + "delivered(); });")
public class TaskDeadlineAgainstCancel {
    private static final int PATIENCE_SPINS = 2_000;

    private final Meeting meeting = new Meeting();

    private final Stage.Timer timer = new Stage.Timer(1);

    private final ErrGroup group = Stage.open(o -> o.taskTimeout(Stage.TIMEOUT).clock(timer));

    private volatile boolean timerDone;

    private String seen = "never ran";

    private final TaskRun<?> task = Stage.submit(group, this::body);

    /** Answers the first interrupt, if it comes soon, and cancels its own group then. */
    private void body() throws InterruptedException {
        for (int spins = 0; spins < PATIENCE_SPINS && !Thread.interrupted(); spins++) {
            Thread.onSpinWait();
        }
        group.cancel();
        while (!timerDone) {
            Thread.onSpinWait();
        }
        seen = Thread.interrupted() ? "interrupted" : "missed";
        throw new InterruptedException();
    }

    @Actor
    public void pool() {
        meeting.meet();
        task.run();
    }

    @Actor
    public void timer() {
        meeting.meet();
        timer.fire();
        timerDone = true;
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = seen;
        result.r2 = task.state();
    }
}
