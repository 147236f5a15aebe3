package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** N7: a group is cancelled while a lazily made one is first used in its task. The child is cancelled too. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a child that outlives the cancellation")
@State
@SeededFault(
        value = "the cancellation is read before the child is open",
        mark = {"first-use-opens", "opened-child-looks"},
        becomes = {"", "$2 $1"})
public class ParentCancelledAgainstFirstUse {
    private final Meeting meeting = new Meeting();

    private final ErrGroup parent = Stage.open();

    private final TaskRun<?> task = Stage.submit(parent, () -> {});

    private final ErrGroup child = FrameworkAccess.openLazily(Stage::options, () -> {});

    @Actor
    public void task() {
        meeting.meet();
        Stage.inside(task, () -> child.go(() -> {}));
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
