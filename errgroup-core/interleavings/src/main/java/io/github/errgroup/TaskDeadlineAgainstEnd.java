package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** N10, J1: a task's own deadline passes while it ends on a pool's thread. The interrupt never outlives the task. */
@JCStressTest
@Outcome(id = "clear, SUCCEEDED, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the flag outlived the task, or it is late")
@State
@SeededFault(
        value = "the deadline's interrupt counts as delivered before it has arrived",
        mark = "deadline-is-delivered",
        becomes = "delivered(); " + SeededFault.LATER + "Interrupts.deliver(thread, () -> {});")
@SeededFault(
        value = "whether the window is open is looked at before the deadline's interrupt, and not claimed",
        mark = "deadline-claims-the-window",
        becomes = "if (thread != null && status == ACTIVE) { " + SeededFault.LATER)
public class TaskDeadlineAgainstEnd {
    private final Meeting meeting = new Meeting();

    private final Stage.Timer timer = new Stage.Timer(1);

    private final ErrGroup group = Stage.open(o -> o.taskTimeout(Stage.TIMEOUT).clock(timer));

    private final TaskRun<?> task = Stage.submit(group, timer::awaitPassing);

    @Actor
    public void pool(LLL_Result result) {
        meeting.meet();
        boolean flag = Thread.interrupted();
        task.run();
        flag |= Thread.interrupted();
        result.r1 = flag ? "flag" : "clear";
    }

    @Actor
    public void timer() {
        meeting.meet();
        timer.fire();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r2 = task.state();
        result.r3 = Stage.engine(group).outstanding();
    }
}
