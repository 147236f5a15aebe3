package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** G3: a slot is freed and the limit is set, and both look at the queue. One slot starts one task. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "above the limit, or a free slot and a task that waits")
@State
@SeededFault(value = "whether there is room is decided outside the lock", mark = "next-is-locked", becomes = "{")
public class NeverAboveTheLimit {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(1);

    private final TaskRun<?> running = Stage.submit(group, () -> {});

    public NeverAboveTheLimit() {
        Stage.inside(running, () -> {
            group.go(() -> {});
            group.go(() -> {});
        });
    }

    @Actor
    public void pool() {
        meeting.meet();
        running.run();
    }

    @Actor
    public void operator() {
        meeting.meet();
        group.setLimit(1);
    }

    @Arbiter
    public void after(I_Result result) {
        Stage.engine(group).forEachWaiting(task -> result.r1++);
    }
}
