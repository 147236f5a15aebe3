package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** N11: the same where the results are in the order of the items. */
@JCStressTest
@Outcome(id = "SUCCEEDED, woken", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the loop sleeps on, or has no result")
@State
@SeededFault(
        value = "the loop is woken before the result can be seen",
        mark = {"result-has-arrived", "result-wakes-the-loop"},
        becomes = {"loop.wake();\n" + SeededFault.LATER + "$1", ""})
public class ResultAgainstOrderedLoop {
    private final Meeting meeting = new Meeting();

    private final LoopStage stage = new LoopStage(true, "one");

    @Actor
    public void loop(LL_Result result) {
        meeting.meet();
        result.r2 = Rescue.watch(() -> result.r1 = stage.loop.next().state());
    }

    @Actor
    public void pool() {
        meeting.meet();
        TaskRun<?> task = stage.task();
        new Meeting().meet(); // so that the loop may have gone to sleep, or not
        task.run();
    }
}
