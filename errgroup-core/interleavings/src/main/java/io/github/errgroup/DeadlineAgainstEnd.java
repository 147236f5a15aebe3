package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** J7, J12: the deadline passes while the last task ends. {@code await} throws if, and only if, the task was not done. */
@JCStressTest
@Outcome(
        id = {"SUCCEEDED, returned", "SKIPPED, timeout"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "late, or lost")
@State
@SeededFault(
        value = "a deadline counts though every task had succeeded",
        mark = "harmless-counts-the-undone",
        becomes = "boolean harmless = false;")
public class DeadlineAgainstEnd {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final TaskRun<?> task = Stage.submit(group, () -> {});

    @Actor
    public void pool() {
        meeting.meet();
        task.run();
    }

    @Actor
    public void timer() {
        meeting.meet();
        Stage.engine(group).cancel(CancelReason.TIMEOUT, new TimeoutException());
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = task.state();
        try {
            Stage.await(group);
            result.r2 = "returned";
        } catch (ErrGroupException e) {
            result.r2 = e.getCause() instanceof TimeoutException ? "timeout" : e;
        }
    }
}
