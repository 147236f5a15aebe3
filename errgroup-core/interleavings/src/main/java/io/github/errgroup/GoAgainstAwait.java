package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** G2, G5: {@code go} against the end of {@code await}: the task is refused, or run before it. None is lost. */
@JCStressTest
@Outcome(
        id = {"ran, returned", "refused, returned"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "run after the end, or lost")
@State
@SeededFault(
        value = "the group finishes in a step that does not see what is outstanding",
        mark = "finish-sees-outstanding",
        becomes = SeededFault.LATER + "if (WORD.compareAndSet(this, now = word, now | FINISHED)) {")
@SeededFault(
        value = "a task is admitted in a step that does not see the phase",
        mark = "admission-sees-phase",
        becomes = "if (outstanding(now) < MAX_OUTSTANDING) {")
public class GoAgainstAwait {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    @Actor
    public void caller(LL_Result result) {
        meeting.meet();
        try {
            TaskRun<?> task = Stage.submit(group, () -> {
                result.r1 = Stage.engine(group).is(GroupState.FINISHED) ? "ran after the end" : "ran";
            });
            task.run();
            if (result.r1 == null) {
                result.r1 = "lost";
            }
        } catch (IllegalStateException e) {
            result.r1 = "refused";
        }
    }

    @Actor
    public void owner(LL_Result result) {
        meeting.meet();
        Stage.await(group);
        result.r2 = "returned";
    }
}
