package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** J2: a group is cancelled while its task starts. It is never running, cancelled and not interrupted. */
@JCStressTest
@Outcome(
        id = {"interrupted, SUCCEEDED", "never ran, SKIPPED"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "running, cancelled and not interrupted")
@State
@SeededFault(
        value = "the starting task does not look at the cancellation",
        mark = "starting-task-looks",
        becomes = "if (false) {")
@SeededFault(
        value = "the canceller interrupts what runs before it writes the cancellation",
        mark = "cancellation-is-written",
        becomes = "interruptTasks(); " + SeededFault.LATER + "$1 if (this != null) { return; }")
public class CancelAgainstStart {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private volatile boolean cancelled;

    private String seen = "never ran";

    private final TaskRun<?> task = Stage.submit(group, () -> {
        while (!cancelled) {
            Thread.onSpinWait();
        }
        seen = Thread.interrupted() ? "interrupted" : "missed";
    });

    @Actor
    public void pool() {
        meeting.meet();
        task.run();
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
