package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;

/** N2: the slot is free, and the executor's thread not yet back. The next task waits for it, and is not rejected. */
@JCStressTest
@Outcome(id = "SUCCEEDED, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "rejected, though there was room a moment later")
@State
@SeededFault(value = "a thread is on its way only when it has returned", mark = "thread-is-leaving", becomes = "")
@SeededFault(
        value = "a thread that is back by the time of the look was not on its way",
        mark = "thread-is-back-since",
        becomes = "return false;")
public class RejectionAgainstLastSteps {
    private final Meeting meeting = new Meeting();

    /** Tasks that the executor takes. */
    private final AtomicInteger room = new AtomicInteger(1);

    private final ErrGroup group = ErrGroup.open(Stage.options().toBuilder()
            .limit(1)
            .threads(TaskThreads.on(task -> {
                if (!room.compareAndSet(1, 0)) {
                    throw new RejectedExecutionException("its thread is not back");
                }
            }))
            .build());

    private final LastSteps lastSteps = ((ExternalExecutor) Stage.engine(group).launcher()).lastSteps;

    {
        lastSteps.makeRoom(LastSteps.UNKNOWN); // it has rejected a task before
    }

    private final TaskRun<?> first = Stage.submit(group, () -> {});

    private TaskRun<?> next = first;

    @Actor
    public void pool() {
        meeting.meet();
        first.run();
        room.set(1);
        lastSteps.current().begins(); // a task of another group
    }

    @Actor
    public void caller() {
        meeting.meet();
        next = Stage.submit(group, () -> {});
    }

    @Arbiter
    public void after(LI_Result result) {
        next.run();
        result.r1 = next.state();
        result.r2 = Stage.engine(group).outstanding();
    }
}
