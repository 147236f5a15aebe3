package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** J3, J13: a group is cancelled while a worker takes its queued tasks. Each is run or skipped, exactly once. */
@JCStressTest
@Outcome(id = "true, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "ended twice, or never")
@State
@SeededFault(
        value = "the canceller leaves in the queue what it skips",
        mark = {"skipped-tasks-are-taken-out", "skipped-task-ends"},
        becomes = {"{", "queue.forEach(task -> { $2 });"})
public class CancelAgainstQueue {
    private final Meeting meeting = new Meeting();

    /** Worker threads that were started. The actors run their bodies. */
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

    private final AtomicInteger ran = new AtomicInteger();

    private final ErrGroup group =
            ErrGroup.open(Stage.ownThreads(started).limit(100).build());

    private final Subtask<?> one = group.go(ran::incrementAndGet);

    private final Subtask<?> two = group.go(ran::incrementAndGet);

    private final Runnable worker = started.remove();

    @Actor
    public void worker() {
        meeting.meet();
        worker.run();
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }

    @Arbiter
    public void after(ZI_Result result) {
        Stage.runAll(started);
        long succeeded = Stream.of(one, two)
                .filter(task -> task.state() == Subtask.State.SUCCEEDED)
                .count();
        long skipped = Stream.of(one, two)
                .filter(task -> task.state() == Subtask.State.SKIPPED)
                .count();
        result.r1 = succeeded + skipped == 2 && succeeded == ran.get();
        result.r2 = Stage.engine(group).outstanding();
    }
}
