package io.github.errgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What did not succeed in a group: how many tasks and how, the first failure in time (G1), and a bounded number of later
 * ones (J14). A user's throwable is kept and never changed (J7). Made with the first task that does not succeed.
 */
final class Failures {
    /** The later failures that are kept as suppressed exceptions. */
    static final int MAX_LATER = 16;

    /** The first failure, and whose; {@code task} is null for the body of a call. Does not hold the task itself. */
    record First(Throwable thrown, @Nullable String task, long index) {}

    /** Added to before the task leaves the group's word. */
    final AtomicLong failed = new AtomicLong();

    /** Of the failed ones, those that could not be started: counted there first. */
    final AtomicLong rejected = new AtomicLong();

    final AtomicLong cancelled = new AtomicLong();

    final AtomicLong skipped = new AtomicLong();

    /** Admissions taken back: counted by the word, and never submitted. */
    final AtomicLong withdrawn = new AtomicLong();

    /** Failed tasks, and cancelled and skipped ones, that an {@code await} has answered for. Written by awaiters. */
    private volatile long failedAnswered;

    private volatile long undoneAnswered;

    private final AtomicReference<@Nullable First> first = new AtomicReference<>();

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final List<Throwable> later = new ArrayList<>(0);

    /** Guarded by {@link #lock}. Later failures in all, kept or not. */
    private long laterCount;

    /** Records a failure. Returns the first one, which may be another. */
    Throwable record(Throwable thrown, @Nullable String task, long index) {
        First known = first.get();
        if (known == null) {
            First mine = new First(thrown, task, index);
            if (first.compareAndSet(null, mine)) {
                return thrown;
            }
            known = Objects.requireNonNull(first.get());
        }
        lock.lock();
        try {
            laterCount++;
            if (later.size() < MAX_LATER && isNew(thrown)) {
                later.add(thrown);
            }
        } finally {
            lock.unlock();
        }
        return known.thrown();
    }

    /** One static exception thrown by many tasks is one exception. */
    private boolean isNew(Throwable thrown) {
        First known = first.get();
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

    /** An {@code await} answers for all that has ended. */
    void answered() {
        undoneAnswered = undone();
        failedAnswered = failed.get();
    }

    long undone() {
        return cancelled.get() + skipped.get();
    }

    boolean hasUnansweredFailures() {
        return failed.get() > failedAnswered;
    }

    boolean hasUnansweredUndone() {
        return undone() > undoneAnswered;
    }

    @Nullable
    First first() {
        return first.get();
    }

    /** The exception for {@code await}: the first failure as cause, the later ones suppressed. */
    ErrGroupException toException(String group, First cause) {
        List<Throwable> kept;
        long count;
        lock.lock();
        try {
            kept = List.copyOf(later);
            count = laterCount;
        } finally {
            lock.unlock();
        }
        StringBuilder message = new StringBuilder("group '").append(group).append("': ");
        if (cause.task() == null) {
            message.append("the body");
        } else {
            message.append("task '")
                    .append(cause.task())
                    .append("' (#")
                    .append(cause.index())
                    .append(')');
        }
        message.append(" failed: ").append(UserText.of(cause.thrown()));
        if (count > 0) {
            message.append("; ").append(count).append(count == 1 ? " later failure" : " later failures");
            if (count > kept.size()) {
                message.append(", of which ").append(count - kept.size()).append(" are dropped");
            }
        }
        return new ErrGroupException(message.toString(), cause.thrown(), group, cause.task(), cause.index(), kept);
    }
}
