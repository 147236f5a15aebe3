package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** N2: a task is skipped while a thread of the executor finds its command. It takes no room any more, and is not counted. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a command that was found counts for good")
@State
@SeededFault(
        value = "a command is abandoned, whether it was found before or not",
        mark = "abandoned-command-is-counted-once",
        becomes = "COMMAND.setVolatile(task, ABANDONED); if (true) {")
public class AbandonedAgainstFound {
    private final Meeting meeting = new Meeting();

    private final LastSteps lastSteps = new LastSteps();

    private final TaskExtras task = Stage.handedOver(lastSteps);

    @Actor
    public void canceller() {
        meeting.meet();
        lastSteps.abandon(task);
    }

    @Actor
    public void pool() {
        LastSteps.PoolThread thread = lastSteps.current();
        thread.begins();
        meeting.meet();
        lastSteps.found(task, thread);
    }

    @Arbiter
    public void after(I_Result result) {
        result.r1 = lastSteps.abandoned.get();
    }
}
