package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** N7, J9: a group is cancelled while its queued task is given the shared slot. The slot is not lost. */
@JCStressTest
@Outcome(id = "SKIPPED, true", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the slot is lost")
@State
@SeededFault(
        value = "the thread that launches a task that was given its slot does not look at the cancellation",
        mark = "launched-task-looks",
        becomes = "if (false) {")
public class SharedGrantAgainstCancel {
    private final Meeting meeting = new Meeting();

    private final SharedLimit shared = new SharedLimit(1);

    private final ErrGroup group = Stage.open(o -> o.sharedLimit(shared));

    private final TaskRun<?> holder = Stage.submit(Stage.open(o -> o.sharedLimit(shared)), () -> {});

    private Subtask<?> queued = holder;

    public SharedGrantAgainstCancel() {
        Stage.inside(Stage.taskOf(group), () -> queued = group.go(() -> {}));
    }

    @Actor
    public void pool() {
        meeting.meet();
        holder.run();
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = queued.state();
        ErrGroup other = Stage.open(o -> o.sharedLimit(shared));
        result.r2 = other.tryGo(() -> {}).isPresent();
    }
}
