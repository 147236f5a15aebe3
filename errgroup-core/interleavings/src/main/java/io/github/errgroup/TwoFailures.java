package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * G1, G6, J7: two tasks fail at once. One is the first and what the context tells; the other is a later one, or
 * skipped. None is lost.
 */
@JCStressTest
@Outcome(
        id = {"one first, one later, its cause", "one first, one skipped, its cause"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a failure lost or told twice")
@State
@SeededFault(
        value = "the first failure is looked for, then set",
        mark = "first-cause-is-set",
        becomes = "first.set(mine); if (mine != null) {")
@SeededFault(
        value = "a failing task cancels with its own failure, not with the first",
        mark = "first-cause-cancels",
        becomes = "FirstCause why = mine;")
public class TwoFailures {
    private final Meeting meeting = new Meeting();

    private static final RuntimeException ONE = new Failure();

    private static final RuntimeException TWO = new Failure();

    private final ErrGroup group = Stage.open();

    private final TaskRun<?> one = Stage.submit(group, () -> {
        throw ONE;
    });

    private final TaskRun<?> two = Stage.submit(group, () -> {
        throw TWO;
    });

    @Actor
    public void poolThreadOne() {
        meeting.meet();
        one.run();
    }

    @Actor
    public void poolThreadTwo() {
        meeting.meet();
        two.run();
    }

    @Arbiter
    public void after(LLL_Result result) {
        try {
            group.await();
            result.r1 = "none first";
        } catch (ErrGroupException e) {
            result.r3 = group.context().cause() == e.getCause() ? "its cause" : "another cause";
            Throwable other = e.getCause() == ONE ? TWO : ONE;
            result.r1 = e.getCause() == ONE || e.getCause() == TWO ? "one first" : e.getCause();
            if (e.getSuppressed().length == 1 && e.getSuppressed()[0] == other) {
                result.r2 = "one later";
            } else if (e.getSuppressed().length == 0 && (other == ONE ? one : two).state() == Subtask.State.SKIPPED) {
                result.r2 = "one skipped";
            } else {
                result.r2 = "one lost";
            }
        } catch (InterruptedException e) {
            result.r1 = e;
        }
    }

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failure() {
            super("failed", null, false, false);
        }
    }
}
