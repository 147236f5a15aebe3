package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** G3, G4: two callers try for the last slot. One has it. */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "none has it, or both")
@State
@SeededFault(
        value = "whether there is room is seen, then the task is counted",
        mark = "admission-sees-room",
        becomes = SeededFault.LATER + "now = (long) WORD.getAndAdd(this, ONE_TASK); if (now >= 0) {")
public class TwoTryGo {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(1);

    @Actor
    public void one(ZZ_Result result) {
        meeting.meet();
        result.r1 = group.tryGo(() -> {}).isPresent();
    }

    @Actor
    public void other(ZZ_Result result) {
        meeting.meet();
        result.r2 = group.tryGo(() -> {}).isPresent();
    }
}
