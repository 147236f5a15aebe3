package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** J12: a group is cancelled while its owner awaits it. {@code await} waits for the hook. */
@JCStressTest
@Outcome(
        id = {"done", "not cancelled"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "returned while the hook runs")
@State
@SeededFault(
        value = "the hooks are counted after the group was cancelled",
        mark = {"hooks-are-counted", "unneeded-hooks-are-discounted", "cancelled-group-joins-its-tree"},
        becomes = {"", "", "$1 $3"})
public class HookAgainstAwait {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private volatile boolean done;

    public HookAgainstAwait() {
        group.context().addCancellationHook(() -> done = true);
    }

    @Actor
    public void owner(L_Result result) {
        meeting.meet();
        Stage.await(group);
        result.r1 = done ? "done" : group.context().reason() == null ? "not cancelled" : "not done";
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }
}
