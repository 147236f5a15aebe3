package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** J2, J14: two tasks find the table of live tasks full. Each is seen there, and gone when it has left. */
@JCStressTest
@Outcome(id = "6, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a task that a canceller does not see, or that is kept")
@State
@SeededFault(
        value = "a new row takes the place of another new one",
        mark = "row-is-added",
        becomes = "live = LiveTasks.longer(row);")
@SeededFault(
        value = "a seat is seen to be free, then taken",
        mark = "seat-is-taken",
        becomes = "SEAT.setVolatile(row, at, who); if (row[at] != null) {")
public class TwoGrowers {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    /** The first four fill the first row. */
    private final List<TaskRun<?>> tasks =
            Stream.generate(() -> Stage.taskOf(group)).limit(6).collect(Collectors.toList());

    public TwoGrowers() {
        tasks.subList(0, 4).forEach(this::add);
    }

    private void add(TaskRun<?> task) {
        Stage.engine(group).seat(task, (int) task.index());
    }

    private int seen() {
        Set<TaskRun<?>> seen = new HashSet<>();
        LiveTasks.forEach(Stage.engine(group).live(), seen::add);
        return seen.size();
    }

    @Actor
    public void one() {
        meeting.meet();
        add(tasks.get(4));
    }

    @Actor
    public void other() {
        meeting.meet();
        add(tasks.get(5));
    }

    @Arbiter
    public void after(II_Result result) {
        result.r1 = seen();
        tasks.forEach(TaskRun::leave);
        result.r2 = seen();
    }
}
