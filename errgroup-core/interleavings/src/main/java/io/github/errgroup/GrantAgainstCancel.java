package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * J9, N4: a caller blocked in {@code go} is given a slot, and sees that the group was cancelled. It has the slot or not, never
 * half of each.
 */
@JCStressTest
@Outcome(id = "SKIPPED, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a slot that nobody has")
@State
@SeededFault(
        value = "a caller leaves the queue though it was given a slot",
        mark = {"caller-looks-whether-to-leave", "caller-leaves-the-queue"},
        becomes = {SeededFault.LATER + "$1", "$2 admitted = why;"})
public class GrantAgainstCancel {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(1);

    private final TaskRun<?> first = Stage.submit(group, () -> {});

    private Subtask<?> second = first;

    @Actor
    public void caller() {
        meeting.meet();
        second = Stage.submit(group, () -> {});
    }

    @Actor
    public void poolAndOwner() {
        meeting.meet();
        first.run();
        group.cancel();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = second.state();
        result.r2 = Stage.engine(group).outstanding();
    }
}
