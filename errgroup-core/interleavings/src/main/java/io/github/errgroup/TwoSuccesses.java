package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** N9: two tasks succeed at once where two are enough. Both are counted, and one of them cancels the third, once. */
@JCStressTest
@Outcome(id = "ENOUGH, SKIPPED", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a success is not counted, or counted twice")
@State
@SeededFault(
        value = "the successes are read, then written",
        mark = "success-is-counted",
        becomes = "long before = succeeded.get(); succeeded.set(before + 1); return before + 1 == enough;")
public class TwoSuccesses {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(o -> o.enough(2));

    private final TaskRun<?> one = Stage.submit(group, () -> {});

    private final TaskRun<?> two = Stage.submit(group, () -> {});

    private final TaskRun<?> third = Stage.submit(group, () -> {});

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
    public void after(LL_Result result) {
        result.r1 = String.valueOf(group.context().reason());
        result.r2 = third.state();
        third.run();
        group.close();
    }
}
