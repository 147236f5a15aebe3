package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** G6, J12: the deadline passes while {@code await} returns. What the group answered stays so. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "cancelled after its end")
@State
@SeededFault(
        value = "a finished group can be cancelled",
        mark = "cancelled-is-set",
        becomes = "if (!tryPhase(CANCELLED, UNOPENED | CANCELLED | CLOSED, false)) {")
public class DeadlineAgainstAwait {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private @Nullable CancelReason reason;

    @Actor
    public void owner(ZZ_Result result) {
        meeting.meet();
        Stage.await(group);
        reason = group.context().reason();
        result.r1 = group.context().isCancelled();
    }

    @Actor
    public void timer() {
        meeting.meet();
        Stage.engine(group).cancel(CancelReason.TIMEOUT, new TimeoutException());
    }

    @Arbiter
    public void after(ZZ_Result result) {
        result.r2 = group.context().reason() == reason;
    }
}
