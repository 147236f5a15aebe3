package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** N1, N2: a thread of the pool and a compensating thread take one task. It runs exactly once. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "run twice, or never")
@State
@SeededFault(
        value = "a task is looked at, then claimed",
        mark = "task-is-claimed",
        becomes = "if (status != PENDING || (status = ACTIVE) != ACTIVE) {")
public class PoolAgainstCompensation {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final AtomicInteger ran = new AtomicInteger();

    private final TaskRun<?> task = Stage.submit(group, ran::incrementAndGet);

    @Actor
    public void pool() {
        meeting.meet();
        task.run();
    }

    @Actor
    public void compensating() {
        meeting.meet();
        Stage.compensate(group, task);
    }

    @Arbiter
    public void after(II_Result result) {
        result.r1 = ran.get();
        result.r2 = Stage.engine(group).outstanding();
    }
}
