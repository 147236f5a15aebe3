package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** N11: the last task of a loop ends while the loop goes to sleep for it. It is woken, and given the result. */
@JCStressTest
@Outcome(id = "SUCCEEDED, woken", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the loop sleeps on, or has no result")
@State
@SeededFault(
        value = "the loop is woken before the result can be seen",
        mark = {"result-has-arrived", "result-wakes-the-loop"},
        becomes = {"loop.wake();\n" + SeededFault.LATER + "$1", ""})
public class ResultAgainstLoop {
    private final Meeting meeting = new Meeting();

    private final LoopStage stage = new LoopStage(false, "one");

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
