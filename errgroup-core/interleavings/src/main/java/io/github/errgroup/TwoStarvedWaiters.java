package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** N1: two waiters see at once that nothing has moved for a starvation timeout. One thread more is started, not two. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "two rounds for one timeout, or none")
@State
@SeededFault(
        value = "a thread is started, then that something has moved is told",
        mark = {"move-is-told", "compensating-thread-starts"},
        becomes = {"", SeededFault.LATER + "$1 $2"})
public class TwoStarvedWaiters {
    /** Shorter than the JVM has run, since nothing has moved so far; longer than a sample. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final Compensation compensation =
            new Compensation((ExternalExecutor) Stage.engine(group).launcher());

    public TwoStarvedWaiters() {
        Stage.submit(group, () -> {});
        compensation.waitBegins(Stage.engine(group), false);
        compensation.word.set(1); // a thread whose task needs the one above
    }

    @Actor
    public void one() {
        meeting.meet();
        compensation.compensateAgain(PATIENCE_NANOS);
    }

    @Actor
    public void other() {
        meeting.meet();
        compensation.compensateAgain(PATIENCE_NANOS);
    }

    @Arbiter
    public void after(J_Result result) {
        result.r1 = compensation.word.get() >>> 32;
    }
}
