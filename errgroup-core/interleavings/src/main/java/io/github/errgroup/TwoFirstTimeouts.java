package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** J12: two threads give a group its first deadline. It has one timer, and none once it has no deadline. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "a timer that nobody ends")
@State
@SeededFault(
        value = "a group's own extras take the place of those of another thread",
        mark = "first-extras-stay",
        becomes = "extras = made;")
@SeededFault(
        value = "a deadline takes the place of another thread's",
        mark = "first-deadline-stays",
        becomes = "deadline = made;")
public class TwoFirstTimeouts {
    private final Meeting meeting = new Meeting();

    private final AtomicInteger timers = new AtomicInteger();

    private final ErrGroup group = Stage.open(o -> o.clock(new GroupClock() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Registration schedule(Duration delay, Runnable action) {
            timers.incrementAndGet();
            return timers::decrementAndGet;
        }
    }));

    @Actor
    public void one() {
        meeting.meet();
        group.setTimeout(Duration.ofHours(1));
    }

    @Actor
    public void other() {
        meeting.meet();
        group.setTimeout(Duration.ofHours(2));
    }

    @Arbiter
    public void after(II_Result result) {
        result.r1 = timers.get();
        group.setTimeout(null);
        result.r2 = timers.get();
        group.close();
    }
}
