package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** J13: two workers take tasks from the queue while one is added. Each task is taken exactly once. */
@JCStressTest
@Outcome(id = "7, 7", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "taken twice, or lost")
@State
@SeededFault(
        value = "two threads may take at once",
        mark = "taker-has-the-token",
        becomes = "for (int spins = 0; token < 0; spins++) {")
public class TwoTakers {
    private static final int OLDER = 6;

    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final RunQueue queue = new RunQueue();

    private final TaskRun<?> newer = Stage.taskOf(group);

    /** What each took. */
    private final List<TaskRun<?>> one = new ArrayList<>();

    private final List<TaskRun<?>> other = new ArrayList<>();

    public TwoTakers() {
        for (int task = 0; task < OLDER; task++) {
            queue.add(Stage.taskOf(group));
        }
    }

    private void takeHalf(List<TaskRun<?>> taken) {
        for (int task = 0; task < OLDER / 2; task++) {
            taken.add(queue.poll());
        }
    }

    @Actor
    public void one() {
        meeting.meet();
        queue.add(newer);
        takeHalf(one);
    }

    @Actor
    public void other() {
        meeting.meet();
        takeHalf(other);
    }

    @Arbiter
    public void after(II_Result result) {
        List<TaskRun<?>> taken = new ArrayList<>(one);
        taken.addAll(other);
        for (TaskRun<?> task = queue.poll(); task != null; task = queue.poll()) {
            taken.add(task);
        }
        taken.removeIf(Objects::isNull);
        result.r1 = taken.size();
        result.r2 = new HashSet<>(taken).size();
    }
}
