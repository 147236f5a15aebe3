package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** N10: a task starts while the timer rings and finds no other. The timer is set as long as the task runs. */
@JCStressTest
@Outcome(id = "set", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "the task runs, and nothing will end it")
@State
@SeededFault(
        value = "the timer does not look once more after it said that it is not set",
        mark = "looks-once-more",
        becomes = "boolean any = false;")
@SeededFault(
        value = "a task asks whether the timer is set before it can be seen",
        mark = "deadline-can-be-seen",
        becomes =
                "if (armed) { " + SeededFault.LATER + "task.startDeadline(nanos); return; } task.startDeadline(nanos);")
public class TaskDeadlineAgainstStart {
    private final Meeting meeting = new Meeting();

    private final Stage.Timer timer = new Stage.Timer(0);

    private final ErrGroup group = Stage.open(o -> o.taskTimeout(Stage.TIMEOUT).clock(timer));

    private volatile boolean timerDone;

    private String seen = "never ran";

    private final TaskRun<?> task = Stage.submit(group, this::body);

    /** The timer is set for a task that has ended. */
    public TaskDeadlineAgainstStart() {
        Stage.submit(group, () -> {}).run();
    }

    private void body() {
        while (!timerDone) {
            Thread.onSpinWait();
        }
        seen = timer.isSet() ? "set" : "not set";
    }

    @Actor
    public void pool(L_Result result) {
        meeting.meet();
        task.run();
        result.r1 = seen;
    }

    @Actor
    public void timer() {
        meeting.meet();
        timer.ring();
        timerDone = true;
    }
}
