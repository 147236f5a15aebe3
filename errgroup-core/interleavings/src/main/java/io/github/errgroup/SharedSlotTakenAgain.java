package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
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
        value = "who comes back does not look for a free slot",
        replace = "            if (hasRoom() && returning.isEmpty()) {\n"
                + "                hold(task);\n"
                + "                return;\n"
                + "            }\n",
        by = "")
@SeededFault(
        value = "who gives back grants it to nobody",
        replace = "            held--;\n" + "            return grant();\n",
        by = "            held--;\n" + "            return instead == null ? grant() : List.of();\n")
public class SharedSlotTakenAgain {
    private final SharedLimit shared = new SharedLimit(1);

    private final ErrGroup one = ErrGroup.open(Stage.options().sharedLimit(shared));

    private final ErrGroup two = ErrGroup.open(Stage.options().sharedLimit(shared));

    private final TaskRun<?> waiting = Stage.submit(one, () -> {});

    public SharedSlotTakenAgain() {
        waiting.claim(Thread.currentThread());
    }

    @Actor
    public void task(LLL_Result result) {
        result.r1 = Rescue.watch(
                () -> {
                    shared.giveBack(waiting);
                    shared.takeAgain(waiting);
                },
                one::cancel);
        waiting.perform(Host.POOL_THREAD);
    }

    @Actor
    public void caller(LLL_Result result) {
        result.r2 = Rescue.watch(() -> two.go(Stage.AT_ONCE, () -> {}), two::cancel);
    }

    @Arbiter
    public void after(LLL_Result result) {
        ErrGroup third = ErrGroup.open(Stage.options().sharedLimit(shared));
        result.r3 = third.tryGo(() -> {}).isPresent();
    }
}
