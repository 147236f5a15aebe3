package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.time.Duration;
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
        id = {"interrupted, FAILED", "interrupted, CANCELLED", "never ran, SKIPPED"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "running, cancelled and not interrupted")
@State
@SeededFault(
        value = "who delivers the deadline's interrupt does not look at the cancellation then",
        mark = "deadline-is-delivered",
        becomes = "Interrupts.deliver(thread, () -> { " + SeededFault.LATER + "delivered(); });")
public class TaskDeadlineAgainstCancel {
    private final Meeting meeting = new Meeting();

    private final Stage.Timer timer = new Stage.Timer();

    private final ErrGroup group =
            Stage.open(o -> o.taskTimeout(Duration.ofSeconds(1)).clock(timer));

    private volatile boolean timerDone;

    private volatile boolean cancellerDone;

    private String seen = "never ran";

    private final TaskRun<?> task = Stage.submit(group, () -> {
        boolean interrupted = false;
        while (!timerDone || !cancellerDone) {
            if (Thread.interrupted()) {
                interrupted |= Stage.engine(groupOfTask()).cancellation() != null;
            }
        }
        interrupted |= Thread.interrupted();
        seen = interrupted ? "interrupted" : "missed";
        throw new InterruptedException();
    });

    private ErrGroup groupOfTask() {
        return group;
    }

    @Actor
    public void pool() {
        task.run();
    }

    @Actor
    public void timer() {
        meeting.meet();
        timer.fire();
        timerDone = true;
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
        cancellerDone = true;
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = seen;
        result.r2 = task.state();
    }
}
