package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** N7, J9: a group is cancelled while its task takes a shared slot. The slot is not lost. */
@JCStressTest
@Outcome(id = "SKIPPED, true", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the slot is lost")
@State
@SeededFault(
        value = "a task that has ended takes a slot all the same",
        mark = "shared-slot-is-taken",
        becomes = "if (shared != null) { seat(task, (int) task.index()); } $1")
public class SharedSlotAgainstCancel {
    private final Meeting meeting = new Meeting();

    private final SharedLimit shared = new SharedLimit(1);

    private final ErrGroup group = Stage.open(o -> o.sharedLimit(shared));

    private Subtask<?> task = Stage.submit(Stage.open(), () -> {});

    @Actor
    public void caller() {
        meeting.meet();
        task = Stage.submit(group, () -> {});
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = task.state();
        ErrGroup other = Stage.open(o -> o.sharedLimit(shared));
        result.r2 = other.tryGo(() -> {}).isPresent();
    }
}
