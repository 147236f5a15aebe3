package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** G2, J11: two threads await a group. Its end is told once, and before either returns. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "told twice, or too late")
@State
@SeededFault(
        value = "an awaiter that does not tell the end does not wait for the one that does",
        mark = "end-is-told-first",
        becomes = "")
@SeededFault(
        value = "whether the group has finished is seen, then it finishes",
        mark = "finish-sees-outstanding",
        becomes = "if (outstanding(now) == 0) { WORD.getAndBitwiseOr(this, FINISHED);")
public class TwoAwaits {
    private final Meeting meeting = new Meeting();

    private final AtomicInteger told = new AtomicInteger();

    private final ErrGroup group = ErrGroup.open(Stage.options().toBuilder()
            .listener(new GroupListener() {
                @Override
                public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
                    told.incrementAndGet();
                }
            })
            .build());

    @Actor
    public void one(II_Result result) {
        meeting.meet();
        Stage.await(group);
        result.r1 = told.get();
    }

    @Actor
    public void other(II_Result result) {
        meeting.meet();
        Stage.await(group);
        result.r2 = told.get();
    }
}
