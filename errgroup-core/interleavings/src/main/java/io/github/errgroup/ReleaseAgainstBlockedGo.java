package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** G3: a slot is freed while a caller from outside blocks in {@code go}. The wake-up is not lost. */
@JCStressTest
@Outcome(id = "woken, 1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a free slot, and a caller asleep")
@State
@SeededFault(
        value = "the thread that frees a slot wakes first and then frees",
        mark = {"task-leaves", "slot-is-told-free"},
        becomes = {"$2 $1", ""})
@SeededFault(
        value = "the caller looks for room before it queues, and not after",
        mark = {"caller-queues", "queued-caller-pumps"},
        becomes = {"long early = tryAdmit(); if (early != FULL) { return early; } " + SeededFault.LATER + "$1", ""})
public class ReleaseAgainstBlockedGo {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(1);

    private final TaskRun<?> first = Stage.submit(group, () -> {});

    @Actor
    public void caller(LL_Result result) {
        meeting.meet();
        result.r1 = Rescue.watch(() -> Stage.submit(group, () -> {}), Stage.engine(group)::slotFreed);
    }

    @Actor
    public void pool() {
        meeting.meet();
        first.run();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = Stage.engine(group).outstanding();
    }
}
