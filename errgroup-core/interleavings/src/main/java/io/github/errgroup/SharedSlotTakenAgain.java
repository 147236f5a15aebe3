package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** N7: a task gives its shared slot back, waits, and takes one again, while another group wants it. Both go on. */
@JCStressTest
@Outcome(id = "woken, woken, true", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a free slot, and somebody asleep")
@State
@SeededFault(
        value = "the returning task does not look for a free slot",
        mark = "returning-task-looks-for-a-slot",
        becomes = "if (false) {")
@SeededFault(
        value = "the waiting task that gives its slot back grants it to nobody",
        mark = "given-back-slot-is-granted",
        becomes = "return instead == null && grant();")
public class SharedSlotTakenAgain {
    private final Meeting meeting = new Meeting();

    private final SharedLimit shared = new SharedLimit(1);

    private final ErrGroup one = Stage.open(o -> o.sharedLimit(shared));

    private final ErrGroup two = Stage.open(o -> o.sharedLimit(shared));

    /** On threads of our own: nothing is compensated here. */
    private final ErrGroup awaited =
            ErrGroup.open(Stage.ownThreads(new ConcurrentLinkedQueue<>()).build());

    private volatile boolean served;

    private final TaskRun<?> waiting = Stage.submit(one, () -> {});

    /** Goes on as soon as the other runs, which then frees the slot while this one wants it again. */
    private void waitForTheOther() {
        Wait wait = Wait.begin(Stage.engine(awaited));
        while (!served) {
            Thread.onSpinWait();
        }
        wait.close();
    }

    @Actor
    public void task(LLL_Result result) {
        meeting.meet();
        waiting.claim(Thread.currentThread());
        result.r1 = Rescue.watch(() -> Stage.inside(waiting, this::waitForTheOther), one::cancel);
        waiting.perform(Host.POOL_THREAD);
    }

    @Actor
    public void caller(LLL_Result result) {
        meeting.meet();
        result.r2 = Rescue.watch(() -> two.go(Stage.AT_ONCE, () -> served = true), two::cancel);
        served = true; // also if it had to be rescued
    }

    @Arbiter
    public void after(LLL_Result result) {
        ErrGroup third = Stage.open(o -> o.sharedLimit(shared));
        result.r3 = third.tryGo(() -> {}).isPresent();
    }
}
