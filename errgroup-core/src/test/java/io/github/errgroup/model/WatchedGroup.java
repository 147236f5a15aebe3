package io.github.errgroup.model;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.GroupSnapshot.Phase;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.ThrowingRunnable;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A group in a storm, its tasks, and what holds for them whatever the order of events. Thread-safe. */
final class WatchedGroup {
    final ErrGroup group;

    private final Consumer<String> violations;

    private final Queue<Watched> tasks = new ConcurrentLinkedQueue<>();

    /** Bodies that run now. */
    private final AtomicInteger bodies = new AtomicInteger();

    /** The highest limit so far; {@link Integer#MAX_VALUE} for none. Written by who changes the limit, before. */
    private volatile int highestLimit;

    private volatile boolean closed;

    /** A task and what became of it. */
    private final class Watched implements ThrowingRunnable {
        private final ThrowingRunnable body;

        private final AtomicInteger runs = new AtomicInteger();

        private volatile @Nullable Throwable thrown;

        private volatile @Nullable Subtask<?> handle;

        Watched(ThrowingRunnable body) {
            this.body = body;
        }

        @Override
        public void run() throws Exception {
            if (runs.incrementAndGet() > 1) {
                violations.accept("J3: a task runs twice");
            }
            if (bodies.incrementAndGet() > highestLimit) {
                violations.accept("G3: more bodies run than the limit of " + highestLimit + " allows");
            }
            if (closed) {
                violations.accept("G2: a body runs after the close");
            }
            if (Thread.currentThread().isInterrupted() && !group.context().isCancelled()) {
                violations.accept("J1: a task finds the flag of another");
            }
            try {
                body.run();
            } catch (Throwable e) {
                thrown = e;
                throw e;
            } finally {
                checkCancellation();
                bodies.decrementAndGet();
            }
        }

        /** How the closed group told of it, against what it did. */
        private @Nullable String fault() {
            Subtask<?> told = handle;
            if (told == null) {
                return "has no handle";
            }
            Throwable exception = told.exception();
            boolean neverRan = runs.get() == 0;
            boolean right = switch (told.state()) {
                case SUCCEEDED -> !neverRan && thrown == null;
                case SKIPPED -> neverRan;
                case CANCELLED -> !neverRan && exception == thrown;
                case FAILED ->
                    neverRan
                            ? exception instanceof RejectedExecutionException || exception instanceof OutOfMemoryError
                            : exception == thrown;
                case PENDING, RUNNING -> false;
            };
            return right ? null : told + " ran " + runs + " times and threw " + thrown + ", told is " + exception;
        }
    }

    WatchedGroup(ErrGroup group, int limit, Consumer<String> violations) {
        this.group = group;
        this.violations = violations;
        this.highestLimit = bound(limit);
    }

    private static int bound(int limit) {
        return limit < 0 ? Integer.MAX_VALUE : limit;
    }

    void setLimit(int limit) {
        highestLimit = Math.max(highestLimit, bound(limit));
        group.setLimit(limit);
    }

    void go(ThrowingRunnable body) {
        Watched task = new Watched(body);
        try {
            task.handle = group.go(task);
            tasks.add(task);
        } catch (IllegalStateException e) {
            checkRefusal(e);
        }
    }

    boolean tryGo(ThrowingRunnable body) {
        Watched task = new Watched(body);
        try {
            task.handle = group.tryGo(task).orElse(null);
        } catch (IllegalStateException e) {
            checkRefusal(e);
        }
        if (task.handle != null) {
            tasks.add(task);
        } else if (task.runs.get() > 0) {
            violations.accept("G4: tryGo said no to a task that ran");
        }
        return task.handle != null;
    }

    private void checkRefusal(IllegalStateException refusal) {
        Phase phase = group.snapshot().phase();
        if (phase != Phase.FINISHED && phase != Phase.CLOSED) {
            violations.accept("G5: refused in an open group: " + refusal);
        }
    }

    /** G1: nobody sees a cancellation by a failure that is not recorded. */
    void checkCancellation() {
        if (group.context().reason() == CancelReason.FAILURE && group.snapshot().failed() == 0) {
            violations.accept("G1: cancelled by a failure that is not recorded");
        }
    }

    /** J3, at any time: what has not ended makes up the rest. */
    void checkSnapshot() {
        GroupSnapshot now = group.snapshot();
        if (ended(now) + now.pending() != now.submitted() || now.pending() < 0) {
            violations.accept("J3: the counts do not add up: " + now);
        }
    }

    private static long ended(GroupSnapshot now) {
        return now.succeeded() + now.failed() + now.cancelled() + now.skipped();
    }

    /** What {@code await} answers when every task has ended and nobody submits, and that it has waited (G2, J7). */
    void awaitAnswer() {
        Throwable thrown = null;
        try {
            group.await();
        } catch (Throwable e) {
            thrown = e;
        }
        if (bodies.get() != 0) {
            violations.accept("G2: a body runs after await");
        }
        GroupSnapshot now = group.snapshot();
        if (!isAnswer(thrown, now)) {
            violations.accept("J7: await threw " + thrown + " in " + now);
        }
    }

    /** G1: a failure that came first, or what cancelled the group before any. */
    private boolean isAnswer(@Nullable Throwable thrown, GroupSnapshot now) {
        CancelReason reason = now.reason();
        boolean unsuccessful = now.failed() + now.cancelled() + now.skipped() > 0;
        if (thrown instanceof InterruptedException) {
            return reason == CancelReason.INTERRUPTED;
        } else if (thrown instanceof ErrGroupException answer && answer.reason() != CancelReason.FAILURE) {
            return unsuccessful && answer.reason() == reason;
        } else if (thrown instanceof ErrGroupException answer) {
            return isFailure(answer.getCause())
                    && (reason != CancelReason.FAILURE
                            || answer.getCause() == group.context().cause());
        }
        return thrown == null ? !unsuccessful && reason != CancelReason.INTERRUPTED : isFailure(thrown);
    }

    private boolean isFailure(Throwable thrown) {
        return tasks.stream().anyMatch(task -> isFailure(task, thrown));
    }

    private static boolean isFailure(Watched task, Throwable failure) {
        Subtask<?> handle = Objects.requireNonNull(task.handle);
        return handle.state() == State.FAILED && handle.exception() == failure;
    }

    /** The group was closed, and nobody uses it any more: the end of each task, and the counts (J3). */
    void checkEnd() {
        closed = true;
        GroupSnapshot end = group.snapshot();
        boolean counted = end.submitted() == tasks.size()
                && end.pending() == 0
                && end.succeeded() == count(State.SUCCEEDED)
                && end.failed() == count(State.FAILED)
                && end.cancelled() == count(State.CANCELLED)
                && end.skipped() == count(State.SKIPPED);
        if (!counted || end.phase() != Phase.CLOSED) {
            violations.accept("J3: the counts at the end are " + end + ", of " + tasks.size() + " handles");
        }
        for (Watched task : tasks) {
            String fault = task.fault();
            if (fault != null) {
                violations.accept("J3: " + fault);
            }
        }
    }

    private long count(State state) {
        return tasks.stream()
                .filter(task -> Objects.requireNonNull(task.handle).state() == state)
                .count();
    }
}
