package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** J1: a group is cancelled while its task ends on a pool's thread. Our interrupt never outlives the task. */
@JCStressTest
@Outcome(
        id = {"clear, SUCCEEDED, 0", "clear, SKIPPED, 0"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the flag outlived the task")
@State
@SeededFault(
        value = "an interrupt counts as delivered before it has arrived",
        mark = "interrupt-is-delivered",
        becomes = "delivered(); " + SeededFault.LATER + "Interrupts.deliver(thread, () -> {});")
@SeededFault(
        value = "whether the window is open is looked at before the interrupt, and not claimed",
        mark = "interrupt-claims-the-window",
        becomes = "if (thread != null && status == ACTIVE) { " + SeededFault.LATER)
public class CancelAgainstEnd {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final TaskRun<?> task = Stage.submit(group, () -> {});

    @Actor
    public void pool(LLL_Result result) {
        meeting.meet();
        // Left over from the task before this one, or set by this one.
        boolean flag = Thread.interrupted();
        task.run();
        flag |= Thread.interrupted();
        result.r1 = flag ? "flag" : "clear";
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r2 = task.state();
        result.r3 = Stage.engine(group).outstanding();
    }
}
