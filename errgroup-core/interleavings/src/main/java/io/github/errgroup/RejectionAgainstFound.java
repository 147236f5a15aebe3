package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** N2: the command of a skipped task takes the room, until a thread that has found it is back. The next task waits for that. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "no room yet")
@Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "room")
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "rejected, though there was room a moment later")
@State
@SeededFault(
        value = "a thread that has found a command with nothing to run is not on its way",
        mark = "finder-is-leaving",
        becomes = "")
public class RejectionAgainstFound {
    private final Meeting meeting = new Meeting();

    private final LastSteps lastSteps = new LastSteps();

    private final TaskExtras task = Stage.handedOver(lastSteps);

    private volatile boolean room;

    {
        lastSteps.makeRoom(LastSteps.UNKNOWN); // it has rejected a task before
        lastSteps.abandon(task);
    }

    @Actor
    public void pool() {
        LastSteps.PoolThread thread = lastSteps.current();
        meeting.meet();
        thread.begins();
        lastSteps.found(task, thread);
        thread.returns();
        room = true;
    }

    @Actor
    public void caller(ZZ_Result result) {
        meeting.meet();
        long moves = lastSteps.movesBeforeAttempt();
        result.r1 = !room;
        result.r2 = lastSteps.makeRoom(moves);
    }
}
