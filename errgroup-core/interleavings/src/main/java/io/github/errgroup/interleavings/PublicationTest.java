package io.github.errgroup.interleavings;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Placeholder that proves the harness: a volatile flag publishes what was written before it. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "the flag without the value")
@Outcome(expect = Expect.ACCEPTABLE)
@State
public class PublicationTest {
    private int value;
    private volatile int flag;

    @Actor
    public void writer() {
        value = 1;
        flag = 1;
    }

    @Actor
    public void reader(II_Result result) {
        result.r1 = flag;
        result.r2 = value;
    }
}
