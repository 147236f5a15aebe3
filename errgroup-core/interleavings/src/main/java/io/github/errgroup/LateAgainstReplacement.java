package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** N2: what a factory's thread was made for is run by a thread that comes late and by the one in its place. It runs once. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "run twice, or never")
@State
@SeededFault(
        value = "it is looked at, then begun",
        mark = "loan-begins",
        becomes = "if (get() == STARTED) { set(BEGUN);")
public class LateAgainstReplacement {
    private final Meeting meeting = new Meeting();

    /** What the factory's thread was to run. */
    private final Queue<Runnable> lent = new ConcurrentLinkedQueue<>();

    private final AtomicInteger ran = new AtomicInteger();

    private final ErrGroup group = ErrGroup.open(Stage.ownThreads(lent).build());

    private final Runnable command;

    public LateAgainstReplacement() {
        group.go(ran::incrementAndGet);
        command = lent.remove();
    }

    @Actor
    public void late() {
        meeting.meet();
        command.run();
    }

    @Actor
    public void replacement() {
        meeting.meet();
        command.run();
    }

    @Arbiter
    public void after(II_Result result) {
        result.r1 = ran.get();
        result.r2 = Stage.engine(group).outstanding();
    }
}
