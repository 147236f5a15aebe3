package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** N2: a task is handed on while the helper finds nothing more to launch. One of the two sees to it. */
@JCStressTest
@Outcome(id = "false", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task that no helper launches")
@State
@SeededFault(
        value = "the helper does not look once more",
        mark = {"helper-gives-up", "helper-looks-again"},
        becomes = {SeededFault.LATER + "$1", "} while (false);"})
public class HandedOnAgainstHelper {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(o -> o.threads(TaskThreads.on(task -> {})));

    private final ExternalExecutor executor =
            (ExternalExecutor) Stage.engine(group).launcher();

    private final TaskRun<?> task = Stage.submit(group, () -> {});

    public HandedOnAgainstHelper() {
        executor.helping.set(true);
    }

    @Actor
    public void helper() {
        meeting.meet();
        executor.launchHandedOn();
    }

    @Actor
    public void ending() {
        meeting.meet();
        executor.handOn(task);
    }

    @Arbiter
    public void after(Z_Result result) {
        // In this order: the helper that the ending thread has started may still be at work, and ends with an empty
        // queue.
        boolean isHelping = executor.helping.get();
        result.r1 = !isHelping && !executor.handedOn.isEmpty();
    }
}
