package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.CancellationException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** G1: a sibling that sees the cancellation finds the failure recorded, and its own end never masks it. */
@JCStressTest
@Outcome(
        id = {"recorded, CANCELLED", "never ran, SKIPPED"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "cancelled by a failure that nobody knows yet")
@State
@SeededFault(
        value = "the cancellation is seen before the failure is recorded",
        mark = "failure-is-recorded",
        becomes = "if (options.cancelOnError()) { cancellation = new Cancellation(failure.reason(), thrown, 0); } $1")
public class FailureAgainstSibling {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final TaskRun<?> failing = Stage.submit(group, () -> {
        throw new IllegalStateException("failed");
    });

    private String seen = "never ran";

    private final TaskRun<?> sibling = Stage.submit(group, () -> {
        while (!group.context().isCancelled()) {
            Thread.onSpinWait();
        }
        Failures failures = Stage.engine(group).failuresIfAny();
        seen = failures != null && failures.first() != null ? "recorded" : "not recorded";
        throw new CancellationException();
    });

    @Actor
    public void poolThreadOne() {
        meeting.meet();
        failing.run();
    }

    @Actor
    public void poolThreadTwo() {
        meeting.meet();
        sibling.run();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = seen;
        result.r2 = sibling.state();
    }
}
