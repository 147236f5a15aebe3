package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** N5, N1: the limit is raised while a slot is freed, and two tasks are queued. Both start. */
@JCStressTest
@Outcome(id = "SUCCEEDED, SUCCEEDED, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a free slot, and a task that waits for it")
@State
@SeededFault(
        value = "the queue is looked at before the limit is raised, and who frees a slot looks before it frees",
        replace = "        long now = (long) WORD.getAndAdd(this, -ONE_OUTSTANDING) - ONE_OUTSTANDING;\n"
                + "        slotFreed();\n",
        by = "        slotFreed();\n"
                + "        long now = (long) WORD.getAndAdd(this, -ONE_OUTSTANDING) - ONE_OUTSTANDING;\n")
public class SetLimitAgainstRelease {
    private final ErrGroup group = Stage.open(1);

    private final TaskRun<?> running = Stage.submit(group, () -> {});

    private Subtask<?> one = running;

    private Subtask<?> two = running;

    public SetLimitAgainstRelease() {
        Stage.inside(running, () -> {
            one = group.go(Stage.AT_ONCE, () -> {});
            two = group.go(Stage.AT_ONCE, () -> {});
        });
    }

    @Actor
    public void pool() {
        running.run();
    }

    @Actor
    public void operator() {
        group.setLimit(2);
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r1 = one.state();
        result.r2 = two.state();
        result.r3 = Stage.engine(group).outstanding();
    }
}
