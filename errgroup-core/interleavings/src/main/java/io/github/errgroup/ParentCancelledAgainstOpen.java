package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** N7: a group is cancelled while another is opened in one of its tasks. The child is cancelled too. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a child that outlives the cancellation")
@State
@SeededFault(
        value = "the cancellation is read before the child is registered",
        mark = {"child-is-registered", "registered-child-looks"},
        becomes = {
            "boolean cancelled = opener.group.cancellation() != null; " + SeededFault.LATER + "$1",
            "if (cancelled) {"
        })
public class ParentCancelledAgainstOpen {
    private final Meeting meeting = new Meeting();

    private final ErrGroup parent = Stage.open();

    private final TaskRun<?> task = Stage.submit(parent, () -> {});

    private ErrGroup child = parent;

    @Actor
    public void task() {
        meeting.meet();
        Stage.inside(task, () -> child = Stage.open());
    }

    @Actor
    public void canceller() {
        meeting.meet();
        parent.cancel();
    }

    @Arbiter
    public void after(Z_Result result) {
        result.r1 = child.context().isCancelled();
    }
}
