package io.github.errgroup;

import io.github.errgroup.interleavings.SeededFault;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** J12: a hook is registered while the group is cancelled. It runs exactly once. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE)
@Outcome(expect = Expect.FORBIDDEN, desc = "forgotten, or run twice")
@State
@SeededFault(
        value = "the cancellation is read before the hook is registered",
        mark = {"hook-is-registered", "registered-hook-looks"},
        becomes = {
            "boolean cancelled = engine.reason() != null; " + SeededFault.LATER + "$1",
            "if (cancelled && waiting.remove(hook)) {"
        })
public class HookAgainstCancel {
    private final Meeting meeting = new Meeting();

    private final ErrGroup group = Stage.open();

    private final AtomicInteger ran = new AtomicInteger();

    @Actor
    public void caller() {
        meeting.meet();
        group.context().addCancellationHook(ran::incrementAndGet);
    }

    @Actor
    public void canceller() {
        meeting.meet();
        group.cancel();
    }

    @Arbiter
    public void after(I_Result result) {
        result.r1 = ran.get();
    }
}
