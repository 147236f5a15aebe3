package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** J2: a group is cancelled while a task is submitted. It is skipped, though its executor never runs it. */
@JCStressTest
@Outcome(id = "SKIPPED, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "cancelled, and a task that waits")
@State
@SeededFault(
        value = "the cancellation is read before the task is registered",
        mark = {"launched-task-is-seen", "launched-task-looks"},
        becomes = {
            "boolean cancelled = task.group.cancellation() != null; " + SeededFault.LATER + "$1",
            "if (cancelled) {"
        })
public class GoAgainstCancel {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private Subtask<?> task = Stage.submit(Stage.open(), () -> {});

    @Actor
    public void caller() {
        meeting.meet();
        task = Stage.submit(group, () -> {});
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = task.state();
        result.r2 = Stage.engine(group).outstanding();
    }
}
