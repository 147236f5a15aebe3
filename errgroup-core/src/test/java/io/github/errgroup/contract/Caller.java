package io.github.errgroup.contract;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ThrowingRunnable;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes one call in a thread of its own, so that a test can watch it block. */
final class Caller<T extends @Nullable Object> {
    private final FutureTask<T> call;

    private final Thread thread;

    /** Whether the interrupt flag was set when the call ended; written before {@code call} is done. */
    private boolean flag;

    private Caller(Callable<T> call) {
        this.call = new FutureTask<>(() -> {
            try {
                return call.call();
            } finally {
                flag = Thread.currentThread().isInterrupted();
            }
        });
        this.thread = new Thread(this.call, "caller");
        thread.setDaemon(true);
    }

    static <T extends @Nullable Object> Caller<T> calls(Callable<T> call) {
        Caller<T> caller = new Caller<>(call);
        caller.thread.start();
        return caller;
    }

    static Caller<@Nullable Void> runs(ThrowingRunnable call) {
        return calls(() -> {
            call.run();
            return null;
        });
    }

    /** Waits until the call is parked inside the given method of a group. */
    Caller<T> blockedIn(String verb) {
        Threads.until(() -> {
            if (call.isDone()) {
                throw new AssertionError("did not block in " + verb);
            }
            return Threads.isParked(thread)
                    && Arrays.stream(thread.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals(verb)
                                    && frame.getClassName().equals(ErrGroup.class.getName()));
        });
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    Thread thread() {
        return thread;
    }

    boolean isDone() {
        return call.isDone();
    }

    /** Waits for the call's value. */
    T result() throws Exception {
        try {
            return call.get(10, SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the call threw", e.getCause());
        }
    }

    /** Waits for the end of the call, whatever happens to the waiting thread, whose flag stays as it is. */
    boolean endsWell() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    call.get(10, SECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException | TimeoutException e) {
                    return false;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for what the call threw. */
    Throwable failure() throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("the call gave " + call.get(10, SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /** Waits for the end of the call, and tells whether the interrupt flag was set then. */
    boolean flagAfterwards() throws InterruptedException, TimeoutException {
        try {
            call.get(10, SECONDS);
        } catch (ExecutionException e) {
            // the flag is what was asked for
        }
        return flag;
    }
}
