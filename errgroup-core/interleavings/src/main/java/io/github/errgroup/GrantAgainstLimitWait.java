package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * N13: a caller blocked in {@code go} is given a slot, and its time is over. It has the slot or not, never half of each. Its
 * time is over as soon as it queues, so the grant and the end of the wait meet in the queue.
 */
@JCStressTest
@Outcome(
        id = {"FAILED, 0, woken", "PENDING, 1, woken"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a slot that nobody has, or two have")
@State
@SeededFault(
        value = "a caller that has waited too long goes though it was given a slot",
        mark = {"caller-looks-whether-to-leave", "caller-leaves-the-queue"},
        becomes = {SeededFault.LATER + "$1", "$2 admitted = why;"})
public class GrantAgainstLimitWait {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open(
            o -> o.limit(1).cancelOnError(false).limitWait(Duration.ofDays(1)).clock(Stage.OVER_AT_ONCE));

    private final TaskRun<?> first = Stage.submit(group, () -> {});

    private Subtask<?> second = first;

    @Actor
    public void caller(LLL_Result result) {
        meeting.meet();
        result.r3 = Rescue.watch(() -> second = Stage.submit(group, () -> {}));
    }

    @Actor
    public void pool() {
        meeting.meet();
        first.run();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r1 = second.state();
        result.r2 = Stage.engine(group).outstanding();
    }
}
