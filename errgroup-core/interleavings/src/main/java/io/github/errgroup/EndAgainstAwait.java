package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** G2: the last task ends while its owner goes to sleep in {@code await}. The wake-up is not lost. */
@JCStressTest
@Outcome(id = "woken, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "nothing outstanding, and the owner asleep")
@State
@SeededFault(
        value = "the thread that ends the last task wakes first and then tells",
        mark = {"task-leaves", "last-wakes-awaiters"},
        becomes = {"$2 $1", ""})
@SeededFault(
        value = "the owner looks before it registers, and not after",
        mark = {"awaiter-registers", "registered-awaiter-looks"},
        becomes = {
            "boolean quiet = condition.holds(this); $1",
            "if (!quiet) { java.util.concurrent.locks.LockSupport.park(this); } $2"
        })
public class EndAgainstAwait {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final TaskRun<?> task = Stage.submit(group, () -> {});

    @Actor
    public void owner(LL_Result result) {
        meeting.meet();
        result.r1 = Rescue.watch(() -> Stage.await(group));
    }

    @Actor
    public void pool() {
        meeting.meet();
        task.run();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = Stage.engine(group).outstanding();
    }
}
