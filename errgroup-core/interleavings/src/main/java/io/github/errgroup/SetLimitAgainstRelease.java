package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** N5, N1: the limit is raised while a slot is freed, and two tasks are queued. Both start. */
@JCStressTest
@Outcome(id = "0, 2", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a free slot, and a task that waits for it")
@State
@SeededFault(
        value = "the thread that frees a slot looks at the queue first and then frees",
        mark = {"task-leaves", "slot-is-told-free"},
        becomes = {"$2 $1", ""})
@SeededFault(
        value = "the queue is looked at before the limit is raised",
        mark = {"limit-is-set", "new-limit-is-told"},
        becomes = {"$2 $1", ""})
public class SetLimitAgainstRelease {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(1);

    private final TaskRun<?> running = Stage.submit(group, () -> {});

    public SetLimitAgainstRelease() {
        // What starts holds its slot: nobody runs it.
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
        group.setLimit(2);
    }

    @Arbiter
    public void after(II_Result result) {
        Stage.engine(group).forEachWaiting(task -> result.r1++);
        result.r2 = Stage.engine(group).outstanding();
    }
}
