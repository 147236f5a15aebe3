package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** N1: a slot is freed while a task from inside is queued for it. One of the two starts it. */
@JCStressTest
@Outcome(id = "SUCCEEDED, 1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a free slot, and a task that waits for it")
@State
@SeededFault(
        value = "the thread that frees a slot looks at the queue first and then frees",
        mark = {"task-leaves", "slot-is-told-free"},
        becomes = {"$2 $1", ""})
@SeededFault(
        value = "the queueing thread does not look for a slot after it",
        mark = "backlogged-task-pumps",
        becomes = "")
public class HandOver {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(2);

    private final TaskRun<?> opener = Stage.submit(group, () -> {});

    private final TaskRun<?> other = Stage.submit(group, () -> {});

    private Subtask<?> queued = opener;

    @Actor
    public void task() {
        meeting.meet();
        Stage.inside(opener, () -> queued = group.go(Stage.AT_ONCE, () -> {}));
    }

    @Actor
    public void pool() {
        meeting.meet();
        other.run();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = queued.state();
        result.r2 = Stage.engine(group).outstanding();
    }
}
