package io.github.errgroup;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads of a group that a user's factory makes (N2). One may end without running what it was made for: its code drops it,
 * dies before, or starts no thread. Then what it was to run, a task or a worker, runs in a compensating thread, as soon as
 * somebody waits for the group.
 *
 * <pre>
 *  MADE ──about to be started──▶ STARTED ──the first run()──▶ BEGUN
 * </pre>
 *
 * <ol>
 *   <li>What runs it, runs it once: by CAS from STARTED to BEGUN. So a thread that comes late, a factory that runs it too
 *       early, twice, or in two threads, and a compensating thread do no harm to each other.
 *   <li>Only a thread whose {@code start()} has returned is looked after: not alive, it has ended, or never was started.
 * </ol>
 */
final class LentThreads implements ThreadFactory, Launcher.Watch {
    private static final int MADE = 0;

    private static final int STARTED = 1;

    private static final int BEGUN = 2;

    private final ThreadFactory factory;

    /** Told of a thread that has lost what it was made for. */
    private final Consumer<Thread> lost;

    /** What has not begun, by its thread. */
    private final ConcurrentHashMap<Thread, Loan> loans = new ConcurrentHashMap<>();

    /** What one thread is to run. */
    private final class Loan extends AtomicInteger implements Runnable {
        private static final long serialVersionUID = 1L;

        private final transient Runnable body;

        /** The thread that the factory made. Written by the thread that had it made; read by the one that runs this. */
        private transient volatile @Nullable Thread thread;

        /**
         * Whether {@code start()} has returned, and when it was called. Written by the thread that started it; read by
         * waiters.
         */
        private volatile boolean isStarted;

        private long startNanos;

        Loan(Runnable body) {
            super(MADE);
            this.body = body;
        }

        @Override
        public void run() {
            if (compareAndSet(STARTED, BEGUN)) { // fault: loan-begins
                Thread made = thread;
                if (made != null) {
                    loans.remove(made);
                }
                if (Thread.currentThread() instanceof Replacement replacement) {
                    moveTo(replacement);
                }
                body.run();
            }
        }

        private void moveTo(Thread thread) {
            TaskRun<?> task = body instanceof LiveTasks.Seat seat ? seat.occupant() : null;
            if (task != null) {
                task.movesTo(thread);
            }
        }
    }

    /** Runs in the place of a thread that has ended. A platform thread, as all compensating ones. */
    static final class Replacement extends Thread {
        private final Loan loan;

        Replacement(Loan loan, Thread ended) {
            super(null, null, ended.getName() + "-compensating", 0, false);
            this.loan = loan;
            setDaemon(true);
            setContextClassLoader(ended.getContextClassLoader());
        }

        @Override
        public void run() {
            loan.run();
        }
    }

    LentThreads(ThreadFactory factory, Consumer<Thread> lost) {
        this.factory = factory;
        this.lost = lost;
    }

    @Override
    public Thread newThread(Runnable body) {
        Loan loan = new Loan(body);
        Thread thread = factory.newThread(loan);
        loan.thread = thread;
        loans.put(thread, loan);
        return thread;
    }

    /** Starts a thread that was made here. What {@code start()} throws comes through, unless it has begun all the same. */
    void start(Thread thread) {
        Loan loan = loans.get(thread);
        if (loan == null) {
            thread.start();
            return;
        }
        loan.startNanos = System.nanoTime();
        loan.set(STARTED);
        try {
            thread.start();
            loan.isStarted = true;
        } catch (Throwable e) {
            loans.remove(thread);
            if (loan.compareAndSet(STARTED, BEGUN)) {
                throw e;
            }
        }
    }

    @Override
    public void begin() {}

    /** Replaces the threads that should have begun so long ago, and have ended. */
    @Override
    public void look(long patienceNanos) {
        long now = System.nanoTime();
        for (Loan loan : loans.values()) {
            Thread thread = loan.thread;
            boolean isDue = loan.isStarted && now - loan.startNanos >= patienceNanos;
            if (isDue && thread != null && !thread.isAlive()) {
                replace(loan, thread);
            }
        }
    }

    @Override
    public void end() {}

    private void replace(Loan loan, Thread ended) {
        if (!loans.remove(ended, loan)) {
            return; // another waiter does it, or it has begun
        }
        try {
            new Replacement(loan, ended).start();
            lost.accept(ended);
        } catch (Throwable e) {
            loans.put(ended, loan); // survivor: replacement-cannot-start
            Log.warn(
                    "no compensating thread could be started in the place of '" + ended.getName() + "'; will try again",
                    e);
        }
    }
}
