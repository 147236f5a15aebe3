package io.github.errgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What did not succeed in a group: the first cause in time (G1), how many tasks did not succeed and how, and a bounded
 * number of later failures (J14). A user's throwable is kept and never changed (J7). Made with the first task that does
 * not succeed, or with the cancellation.
 */
final class Failures {
    /** The later failures that are kept as suppressed exceptions. */
    static final int MAX_LATER = 16;

    /** Added to before the task leaves the group's word. */
    final AtomicLong failed = new AtomicLong();

    /** Of the failed ones, those that could not be started: counted there first. */
    final AtomicLong rejected = new AtomicLong();

    final AtomicLong cancelled = new AtomicLong();

    final AtomicLong skipped = new AtomicLong();

    /** Of the cancelled and skipped ones, those of a loop over results, which may be left early (N11). */
    final AtomicLong ofLoops = new AtomicLong();

    /** Failed tasks, and cancelled and skipped ones, that an {@code await} has answered for. Written by awaiters. */
    private volatile long failedAnswered;

    private volatile long undoneAnswered;

    /** The first cause that an {@code await} has answered for. Written by awaiters. */
    private volatile @Nullable FirstCause firstAnswered;

    /** In a group where so many are enough; 0 in any other. */
    private final int enough;

    /** How many failures may pass (N9). */
    private final int tolerated;

    /** Counted where so many are enough. Added to by the threads that end tasks. */
    private final AtomicLong succeeded = new AtomicLong();

    /** The failures that passed. Written under {@link #lock}, read by anyone. */
    private volatile int passed;

    /** The first of them. Written under {@link #lock}, read by anyone. */
    private volatile @Nullable FirstCause firstPassed;

    /** How many had not succeeded when a {@code settle} last let them pass; -1 before. Written by awaiters. */
    private volatile long settled = -1;

    /** Set by CAS, by the thread that fails or cancels; read by anyone. Replaced once at most, by an Error. */
    private final AtomicReference<@Nullable FirstCause> first = new AtomicReference<>();

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final List<Throwable> later = new ArrayList<>(0);

    /** Guarded by {@link #lock}. Later failures in all, kept or not. */
    private long laterCount;

    /** What cancelled the group after a failure that had not. Guarded by {@link #lock}. */
    private @Nullable Throwable cancelledLater;

    /**
     * What failed besides the first cause.
     *
     * @param kept the failures that are kept, in order of time
     * @param passed how many had been tolerated
     * @param failures how many came after it
     * @param dropped how many of all are not kept
     */
    record Later(List<Throwable> kept, long passed, long failures, long dropped) {}

    Failures(int tolerated, int enough) {
        this.tolerated = tolerated;
        this.enough = enough;
    }

    /** Counts a success. Returns whether it is the one that makes enough of them: true once. */
    boolean succeeds() {
        return succeeded.incrementAndGet() == enough; // fault: success-is-counted
    }

    /** Whether fewer have succeeded than are enough. */
    boolean hasTooFew() {
        return succeeded.get() < enough;
    }

    long succeeded() {
        return succeeded.get();
    }

    int enough() {
        return enough;
    }

    @Nullable
    FirstCause firstPassed() {
        return firstPassed;
    }

    /** Whether a failure passes, being one of the tolerated ones; it is kept then. An Error never does. */
    boolean passes(FirstCause failure) {
        if (tolerated == 0 || failure.thrown() instanceof Error || first.get() != null) {
            return false;
        }
        lock.lock();
        try {
            if (passed == tolerated) {
                return false;
            }
            if (firstPassed == null) {
                firstPassed = failure;
            }
            passed++;
            keep(failure.thrown());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What is answered for where a failure does not pass: where k are enough, the very first one (N9). */
    private FirstCause headOf(FirstCause failure) {
        FirstCause before = firstPassed;
        return enough == 0 || before == null || failure.task() == null || failure.thrown() instanceof Error
                ? failure
                : before;
    }

    /** Returns the first cause, which is this one if there was none. */
    FirstCause firstOr(FirstCause mine) {
        for (; ; ) {
            FirstCause known = first.get();
            if (known != null) {
                return known;
            }
            if (first.compareAndSet(null, mine)) { // fault: first-cause-is-set
                return mine;
            }
        }
    }

    /** Records a failure: as the first cause, or among the later ones. */
    void record(FirstCause failure) {
        FirstCause known = firstOr(headOf(failure));
        while (failure.beats(known)) {
            if (first.compareAndSet(known, failure)) {
                return;
            }
            known = firstOr(failure);
        }
        if (known == failure) {
            return;
        }
        lock.lock();
        try {
            laterCount++;
            keep(failure.thrown());
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock. */
    private void keep(Throwable thrown) {
        if (later.size() < MAX_LATER && isNew(thrown)) {
            later.add(thrown);
        }
    }

    /** The group was cancelled after a failure that had not cancelled it. */
    void cancelledLater(Throwable cause) {
        lock.lock();
        try {
            if (isNew(cause)) {
                cancelledLater = cause;
            }
        } finally {
            lock.unlock();
        }
    }

    /** One static exception thrown by many tasks is one exception. */
    private boolean isNew(Throwable thrown) {
        FirstCause known = first.get();
        if (known != null && known.thrown() == thrown) {
            return false;
        }
        for (Throwable other : later) {
            if (other == thrown) {
                return false;
            }
        }
        return true;
    }

    /** What failed besides what is answered for. */
    Later later(@Nullable FirstCause answered) {
        lock.lock();
        try {
            List<Throwable> kept = new ArrayList<>(later);
            long before = passed;
            long after = laterCount;
            if (answered != null && answered == firstPassed) {
                kept.removeIf(thrown -> thrown == answered.thrown());
                after += before - 1;
                before = 0;
            }
            long dropped = before + after - kept.size();
            if (cancelledLater != null) {
                kept.add(cancelledLater);
            }
            return new Later(kept, before, after, dropped);
        } finally {
            lock.unlock();
        }
    }

    /** An {@code await} answers for all that has ended. */
    void answered() {
        undoneAnswered = undone();
        failedAnswered = counted();
        firstAnswered = first.get();
    }

    /** A {@code settle} lets pass all that has ended. */
    void settled() {
        settled = failed.get() + undone();
    }

    /** Whether a {@code settle} has let all of them pass. */
    boolean isSettled() {
        return settled == failed.get() + undone();
    }

    boolean isAnswered(FirstCause cause) {
        return firstAnswered == cause;
    }

    long undone() {
        return cancelled.get() + skipped.get();
    }

    /** Those that count: all but the ones that passed, unless there were too few successes. */
    long counted() {
        return failed.get() - (hasTooFew() ? 0 : passed);
    }

    boolean hasUnansweredFailures() {
        return counted() > failedAnswered;
    }

    /** Whether every task that was cancelled or skipped was one of a loop over results. */
    boolean isAllOfLoops() {
        return undone() == ofLoops.get();
    }

    boolean hasUnansweredUndone() {
        return undone() > undoneAnswered;
    }

    @Nullable
    FirstCause first() {
        return first.get();
    }
}
