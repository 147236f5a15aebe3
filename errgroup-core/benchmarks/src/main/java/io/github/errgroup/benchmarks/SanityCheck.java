package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.rivals.Feature;
import io.github.errgroup.benchmarks.rivals.Observed;
import io.github.errgroup.benchmarks.rivals.Rival;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a rival does the work that it is timed for: ran every task, had them ended when it returned, kept the
 * limit, told the failure, interrupted the others. A figure of one that does not is no figure.
 */
public final class SanityCheck {
    private static final int TASKS = 1_000;

    private static final int LIMIT = 10;

    private static final int POOL = 4;

    private static final int SUBMITTERS = 8;

    private static final long PATIENCE_SECONDS = 30;

    private final Rival rival;

    private SanityCheck(Rival rival) {
        this.rival = rival;
    }

    /**
     * Checks all rivals, or those named.
     *
     * @param args ids of rivals; none means all
     * @throws Exception what is wrong with one of them
     */
    public static void main(String[] args) throws Exception {
        List<Rival> rivals = args.length == 0
                ? Rivals.all()
                : List.of(args).stream().map(Rivals::named).toList();
        for (Rival rival : rivals) {
            check(rival);
            System.out.println("sane: " + rival.id() + " " + rival.features());
        }
    }

    /**
     * Checks one rival.
     *
     * @param rival the rival
     * @throws IllegalStateException if it does not do its work; the message names rival, step and rule
     * @throws Exception what the rival threw
     */
    public static void check(Rival rival) throws Exception {
        SanityCheck check = new SanityCheck(rival);
        if (check.runsWithoutLimit()) {
            check.within("all", check::runsAll);
        }
        check.within("failure", check::tellsTheFailure);
        if (check.hasLimit()) {
            check.within("limit", check::keepsTheLimit);
        }
        if (rival.features().contains(Feature.MAP)) {
            check.within("map", check::mapsInOrder);
        }
        if (rival.features().contains(Feature.POOL)) {
            check.within("pool", check::staysOnThePool);
        }
        if (rival.features().contains(Feature.MANY_SUBMITTERS)) {
            check.within("submitters", check::takesManySubmitters);
        }
        if (rival.features().contains(Feature.OBSERVED)) {
            check.within("observed", check::carriesTheContext);
        }
        if (rival.features().contains(Feature.CANCEL)) {
            check.within("cancel", check::cancelsTheOthers);
        }
    }

    private boolean runsWithoutLimit() {
        return Scenario.MANY.suits(rival);
    }

    private boolean hasLimit() {
        return rival.features().contains(Feature.LIMIT) || rival.features().contains(Feature.SMALL_LIMIT);
    }

    private void runsAll() throws Exception {
        Witness witness = new Witness();
        rival.all(TASKS, witness);
        witness.sawEveryTaskEnd();
    }

    private void keepsTheLimit() throws Exception {
        Witness witness = new Witness();
        rival.limited(TASKS, LIMIT, witness);
        witness.sawEveryTaskEnd();
        witness.sawAtMost(LIMIT);
        if (rival.features().contains(Feature.BLOCKING)) {
            witness.sawMoreThanOneAtOnce();
        }
    }

    private void mapsInOrder() throws Exception {
        List<Integer> values = rival.map(TASKS, index -> index * 2);
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            expected.add(i * 2);
        }
        require(values.equals(expected), "map: values must be those of the items, in order");
    }

    private void staysOnThePool() throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(POOL)) {
            Witness witness = new Witness();
            rival.onPool(pool, TASKS, witness);
            witness.sawEveryTaskEnd();
            witness.sawAtMost(POOL);
        }
    }

    private void takesManySubmitters() throws Exception {
        Witness witness = new Witness();
        rival.fromThreads(SUBMITTERS, TASKS / SUBMITTERS, witness);
        witness.sawEveryTaskEnd();
    }

    private void carriesTheContext() throws Exception {
        Observed.setContext();
        Witness witness = new Witness();
        rival.observed(TASKS, () -> Observed.userIsCarried() && witness.call());
        witness.sawEveryTaskEnd();
        requireFailure(failure -> rival.observed(TASKS, failure));
    }

    private void tellsTheFailure() throws Exception {
        if (runsWithoutLimit()) {
            requireFailure(failure -> rival.all(TASKS, failure));
        }
        if (hasLimit()) {
            requireFailure(failure -> rival.limited(TASKS, LIMIT, failure));
        }
        if (rival.features().contains(Feature.POOL)) {
            try (ExecutorService pool = Executors.newFixedThreadPool(POOL)) {
                requireFailure(failure -> rival.onPool(pool, TASKS, failure));
            }
        }
    }

    private void requireFailure(Call call) throws Exception {
        Exception planted = new Exception("planted");
        try {
            AtomicInteger arrived = new AtomicInteger();
            call.run(() -> {
                if (arrived.getAndIncrement() == TASKS / 2) {
                    throw planted;
                }
                return true;
            });
        } catch (Exception thrown) {
            for (Throwable t = thrown; t != null; t = t.getCause()) {
                if (t == planted) {
                    return;
                }
            }
            throw new IllegalStateException(rival.id() + ": the failure must be in the cause chain", thrown);
        }
        require(false, "a failed task must make the call throw");
    }

    private void cancelsTheOthers() throws Exception {
        CountDownLatch started = new CountDownLatch(TASKS - 1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        Exception planted = new Exception("planted");
        try {
            AtomicInteger arrived = new AtomicInteger();
            rival.all(TASKS, () -> {
                if (arrived.getAndIncrement() == TASKS / 2) {
                    started.await();
                    throw planted;
                }
                started.countDown();
                try {
                    never.await();
                } catch (InterruptedException expected) {
                    Thread.yield();
                    interrupted.incrementAndGet();
                }
                return true;
            });
            require(false, "a failed task must make the call throw");
        } catch (Exception thrown) {
            int seen = interrupted.get();
            require(
                    seen == TASKS - 1,
                    "cancel: " + seen + " tasks were interrupted and had ended; must be " + (TASKS - 1));
        }
    }

    private void within(String step, CheckedStep check) throws Exception {
        FutureTask<Boolean> run = new FutureTask<>(() -> {
            check.run();
            return true;
        });
        Thread thread = Thread.ofPlatform().daemon().start(run);
        try {
            run.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            IllegalStateException hung = new IllegalStateException(
                    rival.id() + ": " + step + " must return within " + PATIENCE_SECONDS + " s", late);
            hung.setStackTrace(thread.getStackTrace());
            throw hung;
        } catch (ExecutionException failed) {
            throw new IllegalStateException(rival.id() + ": " + step + " failed", failed.getCause());
        }
    }

    private void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalStateException(rival.id() + ": " + rule);
        }
    }

    @FunctionalInterface
    private interface CheckedStep {
        void run() throws Exception;
    }

    @FunctionalInterface
    private interface Call {
        void run(Callable<Boolean> task) throws Exception;
    }

    /** A task that counts its runs, and how many run at once. */
    private final class Witness implements Callable<Boolean> {
        private final AtomicInteger runs = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger mostRunning = new AtomicInteger();

        @Override
        public Boolean call() {
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            // lets others in, so that a limit that is not kept shows even on one processor
            Thread.yield();
            running.decrementAndGet();
            runs.incrementAndGet();
            return true;
        }

        void sawEveryTaskEnd() {
            require(runs.get() == TASKS, runs.get() + " tasks had ended; must be " + TASKS);
        }

        void sawAtMost(int limit) {
            require(
                    mostRunning.get() <= limit,
                    "limit: " + mostRunning.get() + " tasks ran at once; must be at most " + limit);
        }

        void sawMoreThanOneAtOnce() {
            require(mostRunning.get() > 1, "limit: tasks ran one by one; must run at once");
        }
    }
}
