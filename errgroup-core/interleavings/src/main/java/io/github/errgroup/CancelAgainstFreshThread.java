package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * J2, J3: a group is cancelled while a task is launched on a fresh thread. It is never running, cancelled and not
 * interrupted, and ends once.
 */
@JCStressTest
@Outcome(
        id = {"interrupted, SUCCEEDED, 0", "never ran, SKIPPED, 0"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "running, cancelled and not interrupted; or ended twice")
@State
@SeededFault(
        value = "a task can be seen before it has its thread",
        mark = {"fresh-task-has-its-thread", "fresh-task-is-seen"},
        becomes = {"", "$2 " + SeededFault.LATER + "$1"})
public class CancelAgainstFreshThread {
    private final Meeting meeting = new Meeting();

    /** What the group interrupts. */
    private final Stage.OneThread thread = new Stage.OneThread();

    private final ErrGroup group = Stage.open(o -> o.threads(TaskThreads.from(thread)));

    private volatile boolean cancelled;

    private String seen = "never ran";

    private @Nullable Subtask<?> task;

    @Actor
    public void caller() {
        meeting.meet();
        task = group.go(() -> {
            while (!cancelled) {
                Thread.onSpinWait();
            }
            seen = thread.isInterrupted() ? "interrupted" : "missed";
        });
        thread.run();
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
        cancelled = true;
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r1 = seen;
        result.r2 = task.state();
        result.r3 = Stage.engine(group).outstanding();
    }
}
