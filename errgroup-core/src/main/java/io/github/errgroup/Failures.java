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

    /** What came after the first cause: the failures that are kept, in order of time, and how many there were in all. */
    record Later(List<Throwable> kept, long failures, long dropped) {}

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
        FirstCause known = firstOr(failure);
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
            if (later.size() < MAX_LATER && isNew(failure.thrown())) {
                later.add(failure.thrown());
            }
        } finally {
            lock.unlock();
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

    Later later() {
        lock.lock();
        try {
            List<Throwable> kept = new ArrayList<>(later);
            long dropped = laterCount - kept.size();
            if (cancelledLater != null) {
                kept.add(cancelledLater);
            }
            return new Later(kept, laterCount, dropped);
        } finally {
            lock.unlock();
        }
    }

    /** An {@code await} answers for all that has ended. */
    void answered() {
        undoneAnswered = undone();
        failedAnswered = failed.get();
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

    boolean hasUnansweredFailures() {
        return failed.get() > failedAnswered;
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
