package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * N10, J1: a task's own deadline passes while it ends on a thread that ends with it. The interrupt has arrived before the slot is
 * free, and so before the next task is given to a user's factory in this thread; or it never comes.
 */
@JCStressTest
@Outcome(
        id = {"before or never, SUCCEEDED"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the interrupt came after the task's end")
@State
@SeededFault(
        value = "the end of a task that is late looks whether the window is open, and does not close it by CAS",
        mark = {"late-task-claims-its-window", "deadline-is-delivered"},
        becomes = {
            "boolean quick = host.endsWithTask() && extras == null;",
            SeededFault.LATER + "Interrupts.deliver(thread, this::deliveredAtDeadline);"
        })
public class TaskDeadlineAgainstFreshEnd {
    private final Meeting meeting = new Meeting();

    private final Stage.Timer timer = new Stage.Timer(1);

    /** What the deadline interrupts. */
    private final Stage.OneThread thread = new Stage.OneThread();

    private final ErrGroup group = Stage.open(
            o -> o.threads(TaskThreads.from(thread)).taskTimeout(Stage.TIMEOUT).clock(timer));

    private final Subtask<?> task = group.go(timer::awaitPassing);

    private String seen = "never ran";

    @Actor
    public void thread() {
        meeting.meet();
        thread.run();
        boolean before = thread.isInterrupted();
        timer.awaitRung();
        seen = before == thread.isInterrupted() ? "before or never" : "after";
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
