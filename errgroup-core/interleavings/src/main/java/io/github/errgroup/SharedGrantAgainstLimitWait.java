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
 * N13: a caller blocked in {@code go} is given a shared slot, and its time is over. It has the slot or not, never half of
 * each. Its time is over as soon as it queues, so the grant and the end of the wait meet in the queue.
 */
@JCStressTest
@Outcome(
        id = {"FAILED, true, woken", "PENDING, false, woken"},
        expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the slot is lost, or two have it")
@State
@SeededFault(
        value = "a caller that has waited too long goes though it was granted the slot",
        mark = "shared-caller-runs-out-of-patience",
        becomes = "queue.removeIf(entry -> entry.task == task); return task.retire();")
public class SharedGrantAgainstLimitWait {
    private final Meeting meeting = new Meeting();

    private final SharedLimit shared = new SharedLimit(1);

    private final ErrGroup group = Stage.open(o -> o.sharedLimit(shared)
            .cancelOnError(false)
            .limitWait(Duration.ofDays(1))
            .clock(Stage.OVER_AT_ONCE));

    private final TaskRun<?> holder = Stage.submit(Stage.open(o -> o.sharedLimit(shared)), () -> {});

    private Subtask<?> queued = holder;

    @Actor
    public void caller(LLL_Result result) {
        meeting.meet();
        result.r3 = Rescue.watch(() -> queued = Stage.submit(group, () -> {}));
    }

    @Actor
    public void pool() {
        meeting.meet();
        holder.run();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r1 = queued.state();
        ErrGroup other = Stage.open(o -> o.sharedLimit(shared));
        result.r2 = other.tryGo(() -> {}).isPresent();
    }
}
