package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** N5: the limit is raised while a caller goes to sleep in {@code go}. The wake-up is not lost. */
@JCStressTest
@Outcome(id = "woken, 1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "room, and a caller asleep")
@State
@SeededFault(
        value = "the caller is woken before the limit is raised",
        mark = {"limit-is-set", "new-limit-is-told"},
        becomes = {"$2 $1", ""})
public class SetLimitAgainstBlockedGo {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(1);

    {
        group.setLimit(0); // opened at 0, it would refuse go to its opener, who may be the caller below
    }

    @Actor
    public void caller(LL_Result result) {
        meeting.meet();
        result.r1 = Rescue.watch(() -> Stage.submit(group, () -> {}), Stage.engine(group)::slotFreed);
    }

    @Actor
    public void operator() {
        meeting.meet();
        group.setLimit(1);
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = Stage.engine(group).outstanding();
    }
}
