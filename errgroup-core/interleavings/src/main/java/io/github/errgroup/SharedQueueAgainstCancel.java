package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** J2, N7: a group is cancelled while its task queues for a shared slot. The task is skipped. */
@JCStressTest
@Outcome(id = "SKIPPED, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "cancelled, and a task that waits")
@State
@SeededFault(
        value = "the queueing thread does not look at the cancellation after it",
        mark = "queued-task-looks",
        becomes = "if (false) {")
public class SharedQueueAgainstCancel {
    private final Meeting meeting = new Meeting();

    private final SharedLimit shared = new SharedLimit(1);

    private final ErrGroup group = Stage.open(o -> o.sharedLimit(shared));

    private final TaskRun<?> holder = Stage.submit(Stage.open(o -> o.sharedLimit(shared)), () -> {});

    private Subtask<?> queued = holder;

    @Actor
    public void task() {
        meeting.meet();
        Stage.inside(Stage.taskOf(group), () -> queued = group.go(() -> {}));
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = queued.state();
        result.r2 = Stage.engine(group).outstanding();
    }
}
