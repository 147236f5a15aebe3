package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** G1, J7: two tasks fail at once. One is the first, the other a later one or skipped; none is lost. */
@JCStressTest
@Outcome(
        id = {"one first, one later", "one first, one skipped"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a failure lost or told twice")
@State
@SeededFault(
        value = "the first failure is looked for, then set",
        replace = "if (first.get() == null && first.compareAndSet(null, new First(thrown, task, index))) {",
        by = "if (first.get() == null) {\n            first.set(new First(thrown, task, index));")
public class TwoFailures {
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
        one.run();
    }

    @Actor
    public void poolThreadTwo() {
        two.run();
    }

    @Arbiter
    public void after(LL_Result result) {
        try {
            group.await();
            result.r1 = "none first";
        } catch (ErrGroupException e) {
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
