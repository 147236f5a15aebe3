package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** N15: two threads that have the same places, the first of them taken, begin and end a task. Each finds its own. */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a thread that does not know its task, or one that was not forgotten")
@State
@SeededFault(
        value = "a place is seen to be free, then taken",
        mark = "place-is-taken",
        becomes = "while (row.places[row.placeOf(id)] != null || (row.places[row.placeOf(id)] = holder) != holder) {")
@SeededFault(
        value = "a row takes the place of another new one",
        mark = "table-grows",
        becomes = "Row raced = null; next = made;")
public class TwoThreadsOnePlace {
    /** Never started; their ids put them into the same place of every row up to sixteen places. */
    private static final List<Thread> SAME = threeInOnePlace();

    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final ThreadTable table = new ThreadTable(1);

    private final Entry one = new Entry(SAME.get(1));

    private final Entry other = new Entry(SAME.get(2));

    private final class Entry implements TaskHolder {
        private final Thread thread;

        private final TaskRun<?> task = Stage.taskOf(group);

        Entry(Thread thread) {
            this.thread = thread;
        }

        @Override
        public TaskRun<?> taskOn(Thread self) {
            return self == thread ? task : null;
        }

        int found() {
            table.put(thread, this);
            int found = table.find(thread) == task ? 1 : 0;
            table.replace(thread, this, null);
            return found;
        }
    }

    public TwoThreadsOnePlace() {
        Thread first = SAME.get(0);
        table.put(first, new Entry(first));
    }

    private static List<Thread> threeInOnePlace() {
        List<Thread> same = new ArrayList<>(List.of(new Thread()));
        while (same.size() < 3) {
            ThreadTable table = new ThreadTable(4);
            Thread next = new Thread();
            table.put(same.get(0), self -> null);
            int places = table.places();
            table.put(next, self -> null);
            if (table.places() > places) {
                same.add(next);
            }
        }
        return same;
    }

    @Actor
    public void one(III_Result result) {
        meeting.meet();
        result.r1 = one.found();
    }

    @Actor
    public void other(III_Result result) {
        meeting.meet();
        result.r2 = other.found();
    }

    @Arbiter
    public void after(III_Result result) {
        result.r3 = table.taken();
    }
}
