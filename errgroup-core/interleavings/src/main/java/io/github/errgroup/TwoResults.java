package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** N11: two tasks of one loop end at once. The loop is given both. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a result is lost, or given twice")
@State
@SeededFault(
        value = "the latest result is read, then written",
        mark = "result-is-added",
        becomes = "} while (false);\nlatest.set(task);")
public class TwoResults {
    private final Meeting meeting = new Meeting();

    private final LoopStage stage = new LoopStage(false, Stage.AT_ONCE, Stage.AT_ONCE, "one", "two");

    private final TaskRun<?> one;

    private final TaskRun<?> two;

    /** The loop takes what has ended, and has submitted the others by then. */
    public TwoResults() {
        stage.loop.next();
        stage.loop.next();
        one = stage.task();
        two = stage.task();
    }

    @Actor
    public void poolThreadOne() {
        meeting.meet();
        one.run();
    }

    @Actor
    public void poolThreadTwo() {
        meeting.meet();
        two.run();
    }

    @Arbiter
    public void after(I_Result result) {
        result.r1 = stage.left();
    }
}
