package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** N7: a shared slot is freed while a task from inside queues for it. One of the two starts it. */
@JCStressTest
@Outcome(id = "SUCCEEDED", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a free slot, and a task that waits for it")
@State
@SeededFault(
        value = "the queueing thread does not look for a slot under the lock",
        mark = "queuing-task-looks-for-a-slot",
        becomes = "if (false) {")
public class SharedHandOver {
    private final Meeting meeting = new Meeting();

    private final ErrGroupOptions options =
            Stage.options().toBuilder().sharedLimit(new SharedLimit(1)).build();

    private final ErrGroup group = ErrGroup.open(options);

    private final TaskRun<?> holder = Stage.submit(ErrGroup.open(options), () -> {});

    private Subtask<?> queued = holder;

    @Actor
    public void task() {
        meeting.meet();
        Stage.inside(Stage.taskOf(group), () -> queued = group.go(Stage.AT_ONCE, () -> {}));
    }

    @Actor
    public void pool() {
        meeting.meet();
        holder.run();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = queued.state();
    }
}
