package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** J5, G5: a group is closed while a task is submitted. The task is refused, or ends before the close returns. */
@JCStressTest
@Outcome(
        id = {"refused, closed, 0", "ran, closed, 0", "SKIPPED, closed, 0"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "run after the close, or lost")
@State
@SeededFault(
        value = "the group finishes in a step that does not see what is outstanding",
        mark = "finish-sees-outstanding",
        becomes = SeededFault.LATER + "if (WORD.compareAndSet(this, now = word, now | FINISHED)) {")
public class CloseAgainstGo {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private Object seen = "lost";

    private final AtomicReference<Subtask<?>> task = new AtomicReference<>();

    /** Takes its time, so that a close that does not wait for it is seen to be over. */
    private void task() {
        boolean closed = false;
        for (int spins = 0; spins < 500 && !closed; spins++) {
            Thread.onSpinWait();
            closed = Stage.engine(group).is(GroupState.CLOSED);
        }
        seen = closed ? "ran after the close" : "ran";
    }

    @Actor
    public void caller() {
        meeting.meet();
        try {
            TaskRun<?> submitted = Stage.submit(group, this::task);
            task.set(submitted);
            submitted.run();
        } catch (IllegalStateException e) {
            seen = "refused";
        }
    }

    @Actor
    public void owner(LLL_Result result) {
        meeting.meet();
        try {
            group.close();
        } catch (IllegalStateException e) {
            // It had to skip the task, and nobody awaited (J5).
        }
        result.r2 = Stage.engine(group).is(GroupState.CLOSED) ? "closed" : "open";
    }

    @Arbiter
    public void after(LLL_Result result) {
        Subtask<?> submitted = task.get();
        result.r1 = submitted != null && submitted.state() == Subtask.State.SKIPPED ? submitted.state() : seen;
        result.r3 = Stage.engine(group).outstanding();
    }
}
