package io.github.errgroup.model;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Runs random programs. {@code -Dprograms=100000} runs more of them, {@code -Dseed=4711} begins with another one. A
 * program that fails is made smaller, and told with its seed.
 */
class ModelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** While a failing program is made smaller, when most runs that fail do so by waiting in vain. */
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

    @Test
    void every_program_does_what_the_model_says() throws Exception {
        int programs = Integer.getInteger("programs", 2_000);
        long firstSeed = Long.getLong("seed", 1);
        for (long seed = firstSeed; seed < firstSeed + programs; seed++) {
            Program program = Program.of(seed);
            Throwable failure = run(program, PATIENCE);
            if (failure != null) {
                Program smaller = program.shrink(candidate -> run(candidate, SHORT_PATIENCE) != null);
                fail(
                        "-Dseed=" + seed + " -Dprograms=1 fails: " + failure.getMessage() + "\nin\n" + program
                                + "\nas does\n" + smaller,
                        failure);
            }
        }
    }

    /** On a thread of its own, so that an engine that hangs is told too. */
    private static @Nullable Throwable run(Program program, Duration patience) {
        FutureTask<@Nullable Void> run = new FutureTask<>(() -> {
            new Execution(program, patience).run();
            return null;
        });
        Thread owner = new Thread(run, "owner");
        owner.setDaemon(true);
        owner.start();
        try {
            run.get(3 * patience.toNanos(), TimeUnit.NANOSECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            AssertionError hang = new AssertionError("the owner hangs");
            hang.setStackTrace(owner.getStackTrace());
            return hang;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
