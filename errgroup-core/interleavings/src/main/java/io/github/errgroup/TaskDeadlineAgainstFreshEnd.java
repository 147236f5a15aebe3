package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * N10, J1: a task's own deadline passes while it ends on a thread that ends with it. The interrupt has arrived before the slot is
 * free, and so before the next task is given to a user's factory in this thread.
 */
@JCStressTest
@Outcome(id = "clear, SUCCEEDED", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the flag outlived the task")
@State
@SeededFault(
        value = "the end of a task that is late looks whether the window is open, and does not close it by CAS",
        mark = "late-task-claims-its-window",
        becomes = "boolean quick = host.endsWithTask() && extras == null;")
public class TaskDeadlineAgainstFreshEnd {
    private final Meeting meeting = new Meeting();

    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final Stage.Timer timer = new Stage.Timer(1);

    private final ErrGroup group = ErrGroup.open(
            Stage.ownThreads(started).taskTimeout(Stage.TIMEOUT).clock(timer).build());

    private final Subtask<?> task = group.go(timer::awaitPassing);

    private String seen = "never ran";

    @Actor
    public void thread() {
        meeting.meet();
        Stage.runAll(started);
        boolean flag = Thread.interrupted();
        timer.awaitRung();
        seen = flag || Thread.interrupted() ? "flag" : "clear";
    }

    @Actor
    public void timer() {
        meeting.meet();
        timer.fire();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = seen;
        result.r2 = task.state();
    }
}
