package io.github.errgroup.model;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Runs random programs, half of them one step after the other and half as storms. {@code -Dprograms=100000} runs so many,
 * {@code -Dseed=4711} begins with another one. One that fails is made smaller, and told with its seed.
 */
class ModelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** While a failing program is made smaller, when most runs that fail do so by waiting in vain. */
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

    /** A storm that fails once does not fail always: so often is a smaller one tried before it counts as sound. */
    private static final int TRIES = 50;

    private static final long FIRST_SEED = Long.getLong("seed", 1);

    /** Of each kind. */
    private static final int PROGRAMS = Math.max(1, Integer.getInteger("programs", 2_000) / 2);

    private static final Logger LOGGER = Logger.getLogger("io.github.errgroup");

    /** What the engine says of itself: none of this may happen, whatever users do. Warnings are about users, and many. */
    private static final Queue<String> ENGINE_ERRORS = new ConcurrentLinkedQueue<>();

    private static final Handler TAP = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
                ENGINE_ERRORS.add(entry.getMessage() + ": " + entry.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void tapTheLog() {
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(TAP);
    }

    @AfterAll
    static void leaveTheLog() {
        LOGGER.removeHandler(TAP);
        LOGGER.setUseParentHandlers(true);
    }

    @Test
    void every_program_does_what_the_model_says() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            Program program = Program.of(seed);
            Throwable failure = run(program, PATIENCE);
            if (failure != null) {
                tell(seed, failure, program, program.shrink(smaller -> run(smaller, SHORT_PATIENCE) != null));
            }
        }
    }

    @Test
    void in_every_storm_the_invariants_hold() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            Storm storm = Storm.of(seed);
            Throwable failure = run(storm, PATIENCE);
            if (failure != null) {
                tell(seed, failure, storm, storm.shrink(ModelTest::failsAtTimes));
            }
        }
    }

    private static boolean failsAtTimes(Storm storm) {
        for (int i = 0; i < TRIES; i++) {
            if (run(storm, SHORT_PATIENCE) != null) {
                return true;
            }
        }
        return false;
    }

    private static void tell(long seed, Throwable failure, Object whole, Object smaller) {
        fail(
                "-Dseed=" + seed + " -Dprograms=1 fails: " + failure.getMessage() + "\nin\n" + whole + "\nas does\n"
                        + smaller,
                failure);
    }

    private static @Nullable Throwable run(Program program, Duration patience) {
        return run(() -> new Execution(program, patience).run(), patience);
    }

    private static @Nullable Throwable run(Storm storm, Duration patience) {
        return run(() -> new StormRun(storm, patience.toNanos()).run(), patience);
    }

    /** On a thread of its own, so that an engine that hangs is told too. */
    private static @Nullable Throwable run(Runnable execution, Duration patience) {
        FutureTask<@Nullable Void> run = new FutureTask<>(execution, null);
        Thread owner = new Thread(run, "owner");
        owner.setDaemon(true);
        owner.start();
        try {
            run.get(3 * patience.toNanos(), TimeUnit.NANOSECONDS);
            String error = ENGINE_ERRORS.poll();
            return error == null ? null : new AssertionError("the engine logged an error: " + error);
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
