package io.github.errgroup;

import io.github.errgroup.Compensation.CompensatingThread;
import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/** N1: two compensating threads are at work, and end their tasks. One goes on with the third task, and at the end none is left. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task that nobody runs, or a thread counted as at work that is not")
@State
@SeededFault(
        value = "a thread looks how many are at work, then leaves",
        mark = "threads-at-work-are-counted",
        becomes = SeededFault.LATER + "owner.word.addAndGet(next - now); if (next < Long.MAX_VALUE) {")
public class TwoCompensatingThreads {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final Compensation compensation =
            new Compensation((ExternalExecutor) Stage.engine(group).launcher());

    private final CompensatingThread one = new CompensatingThread(compensation, 0, 1);

    private final CompensatingThread other = new CompensatingThread(compensation, 0, 2);

    public TwoCompensatingThreads() {
        for (int task = 0; task < 3; task++) {
            Stage.submit(group, () -> {});
        }
        compensation.waitBegins(Stage.engine(group), false);
        compensation.word.set(2);
    }

    @Actor
    public void one() {
        meeting.meet();
        one.run();
    }

    @Actor
    public void other() {
        meeting.meet();
        other.run();
    }

    @Arbiter
    public void after(IJ_Result result) {
        result.r1 = Stage.engine(group).outstanding();
        result.r2 = compensation.word.get();
    }
}
