package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** G1: the deadline passes while a task fails. One of them is first, for {@code await} and for the context. */
@JCStressTest
@Outcome(
        id = {
            "FAILURE, context agrees, FAILED",
            "TIMEOUT, context agrees, FAILED and suppressed",
            "TIMEOUT, context agrees, SKIPPED"
        },
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "two that are first, or a failure lost")
@State
@SeededFault(
        value = "whoever sets CANCELLED cancels with its own cause",
        mark = "first-cause-cancels",
        becomes = "FirstCause why = mine;")
public class DeadlineAgainstFailure {
    private static final RuntimeException FAILURE = new IllegalStateException("failed");

    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final TaskRun<?> task = Stage.submit(group, () -> {
        throw FAILURE;
    });

    @Actor
    public void pool() {
        meeting.meet();
        task.run();
    }

    @Actor
    public void timer() {
        meeting.meet();
        Stage.engine(group).cancel(CancelReason.TIMEOUT, new TimeoutException());
    }

    @Arbiter
    public void after(LLL_Result result) {
        try {
            Stage.await(group);
            result.r1 = "none";
        } catch (ErrGroupException e) {
            result.r1 = e.reason();
            boolean agrees =
                    group.context().reason() == e.reason() && group.context().cause() == e.getCause();
            result.r2 = agrees ? "context agrees" : "context differs";
            boolean suppressed = Arrays.asList(e.getSuppressed()).contains(FAILURE);
            result.r3 = task.state() + (suppressed ? " and suppressed" : "");
        }
    }
}
