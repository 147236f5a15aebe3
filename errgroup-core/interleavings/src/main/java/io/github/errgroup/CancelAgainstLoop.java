package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * N11: the group is cancelled while a loop over its results goes to sleep. The loop ends, though the task that it waits for
 * goes on.
 */
@JCStressTest
@Outcome(id = "false, woken", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the loop sleeps on, or has a result")
@State
@SeededFault(
        value = "the loop is told of a cancellation without being woken",
        mark = "loop-is-woken-by-cancellation",
        becomes = "wakeUp = group.whenCancelled(() -> {});")
public class CancelAgainstLoop {
    private final Meeting meeting = new Meeting();

    private final LoopStage stage = new LoopStage(false, o -> o.interruptOnCancel(false), LoopStage.HELD);

    @Actor
    public void loop(LL_Result result) {
        meeting.meet();
        result.r2 = Rescue.watch(() -> result.r1 = stage.loop.hasNext());
    }

    @Actor
    public void canceller() {
        meeting.meet();
        stage.group.cancel();
    }
}
