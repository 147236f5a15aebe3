package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** N1, J14: a compensating thread finds a task that is being launched, and ends it. It is forgotten then. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "run twice or never, or kept")
@State
@SeededFault(
        value = "a task is seated before it knows its seat",
        mark = {"seat-is-known", "seat-is-taken"},
        becomes = {"", "$2 " + SeededFault.LATER + "$1"})
public class StartAgainstCompensation {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final AtomicInteger ran = new AtomicInteger();

    @Actor
    public void caller() {
        meeting.meet();
        Stage.submit(group, ran::incrementAndGet);
    }

    @Actor
    public void compensating() {
        meeting.meet();
        for (int look = 0; look < 50; look++) {
            TaskRun<?> task = LiveTasks.findReady(Stage.engine(group).live());
            if (task != null) {
                Stage.compensate(group, task);
                return;
            }
        }
    }

    @Arbiter
    public void after(III_Result result) {
        TaskRun<?> missed = LiveTasks.findReady(Stage.engine(group).live());
        if (missed != null) {
            missed.run();
        }
        result.r1 = ran.get();
        result.r2 = Stage.engine(group).outstanding();
        LiveTasks.forEach(Stage.engine(group).live(), task -> result.r3++);
    }
}
