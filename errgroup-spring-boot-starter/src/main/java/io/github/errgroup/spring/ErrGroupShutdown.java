package io.github.errgroup.spring;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupClock;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Registration;
import io.github.errgroup.TaskSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Ends the groups with the application, in three steps that stand around those of the web server:
 *
 * <ol>
 *   <li>Just before the web server begins to stop, the time begins to count: groups of web requests are cancelled after
 *       {@code cancelAfter}, so that their requests are answered while the server waits for them, and all others after the
 *       grace period.
 *   <li>Before the web server stops for good, the groups of web requests that are still open are cancelled, and their
 *       requests get a moment to be answered. A web server that stops immediately comes to this step at once.
 *   <li>After the web server has stopped, and while the executors still run, open groups get the rest of the grace period,
 *       and are cancelled; their tasks are waited for, and those that do not end are named. From then on a group that opens
 *       is cancelled at once, so that no task runs in a closed context.
 * </ol>
 *
 * <p>A group without a live task, and with no caller blocked in {@code go}, is not waited for: nobody knows whether
 * anybody will ever close it. It is reported, and cancelled with the others.
 */
public final class ErrGroupShutdown implements SmartLifecycle {
    /**
     * Phases stop from high to low: the web server gracefully at Integer.MAX_VALUE - 1024 and for good at
     * Integer.MAX_VALUE - 2048, executors at Integer.MAX_VALUE / 2. Boot's constants moved between its versions, so the
     * numbers stand here.
     */
    static final int BEGIN_PHASE = Integer.MAX_VALUE - 1023;

    static final int REQUESTS_PHASE = Integer.MAX_VALUE - 1025;

    static final int PHASE = Integer.MAX_VALUE - 3072;

    /** Cancelled tasks get at least so long to end, also where the phase's time is used up by the grace period. */
    private static final Duration SHORTEST_CANCELLATION = Duration.ofSeconds(1);

    /** A group that has run out of tasks gets so long to be closed, or to start another one, before it is given up. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    /** Where the web server does not wait for requests, those whose groups are cancelled get so long to be handled. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

    /** And their answers get so long to be sent. */
    private static final Duration SENDING = Duration.ofMillis(200);

    private static final Log logger = LogFactory.getLog(ErrGroupShutdown.class);

    private final ErrGroupRegistry registry;
    private final Duration gracePeriod;
    private final Duration cancelAfter;
    private final Duration phaseTimeout;

    private final ReentrantLock lock = new ReentrantLock();

    /** The two cancellations to come; empty before the stop begins. Guarded by {@link #lock}. */
    private final List<Registration> timers = new ArrayList<>();

    /** Groups of which the log tells already. Filled by the stop's threads, cleared for the next start. */
    private final Set<ErrGroup> told = ConcurrentHashMap.newKeySet();

    /** Whether a request's group was cancelled. Written by the stop's threads, taken back for the next start. */
    private volatile boolean answering;

    /** When the stop began. Written under {@link #lock} before the timers are set, read by the stop's threads after. */
    private volatile long begunNanos;

    private volatile boolean running;

    /**
     * The shutdown of an application's groups.
     *
     * @param registry knows the groups that are open
     * @param gracePeriod how long groups may go on
     * @param cancelAfter how long groups of web requests may go on; null for the grace period, but at most two thirds of
     *     the phase
     * @param phaseTimeout how long Spring waits for a phase
     */
    public ErrGroupShutdown(
            ErrGroupRegistry registry, Duration gracePeriod, @Nullable Duration cancelAfter, Duration phaseTimeout) {
        PropertyRules.check("errgroup.shutdown.grace-period", gracePeriod, PropertyRules.brokenByDuration(gracePeriod));
        PropertyRules.check(
                "errgroup.shutdown.cancel-after", cancelAfter, PropertyRules.brokenByPhase(cancelAfter, phaseTimeout));
        this.registry = registry;
        this.gracePeriod = gracePeriod;
        this.cancelAfter = cancelAfter != null ? cancelAfter : cancelAfter(gracePeriod, phaseTimeout);
        this.phaseTimeout = phaseTimeout;
    }

    /** What holds for groups of web requests unless told otherwise: a third of the phase is left for the answers. */
    static Duration cancelAfter(Duration gracePeriod, Duration phaseTimeout) {
        Duration most = phaseTimeout.multipliedBy(2).dividedBy(3);
        return gracePeriod.compareTo(most) < 0 ? gracePeriod : most;
    }

    /**
     * The first of the three steps.
     *
     * @return stops just before the web server begins to
     */
    public Step beginning() {
        return new Step(BEGIN_PHASE, this::begin);
    }

    /**
     * The second of the three steps; the third is this shutdown itself.
     *
     * @return stops just before the web server stops for good
     */
    public Step endOfRequests() {
        return new Step(REQUESTS_PHASE, this::endRequests);
    }

    private static String describe(Duration duration) {
        return duration.toMillis() + "ms";
    }

    private static String count(int groups) {
        return groups == 1 ? "1 group" : groups + " groups";
    }

    @Override
    public void start() {
        takeTimersBack();
        registry.drain().restart();
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /**
     * Groups do not stop for a context that is only put aside, as the test framework does between classes. Overrides
     * where Spring has this method (7 and up).
     *
     * @return false
     */
    public boolean isPauseable() {
        return false;
    }

    @Override
    public void stop() {
        try {
            end();
        } finally {
            running = false;
            tellOfNamesNeverOpened();
        }
    }

    private void tellOfNamesNeverOpened() {
        List<String> names = registry.neverOpened();
        if (!names.isEmpty()) {
            logger.info((names.size() == 1 ? "1 configured group was" : names.size() + " configured groups were")
                    + " never opened: " + String.join(", ", names));
        }
    }

    @Override
    public void stop(Runnable callback) {
        onThreadOfItsOwn(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    /** So that Spring's time limit for the phase holds, and the shared timer runs no hook. */
    private static void onThreadOfItsOwn(Runnable work) {
        Thread thread = new Thread(work, "errgroup-shutdown");
        thread.setDaemon(true);
        thread.start();
    }

    /** The stop begins, unless it has. */
    void begin() {
        lock.lock();
        try {
            if (!timers.isEmpty()) {
                return;
            }
            begunNanos = System.nanoTime();
            timers.add(after(cancelAfter, this::cancelRequests));
            timers.add(after(gracePeriod, this::cancelAll));
        } finally {
            lock.unlock();
        }
        int busy =
                (int) registry.live().stream().filter(ErrGroupShutdown::isBusy).count();
        if (busy > 0) {
            logger.info("Waiting for " + count(busy) + " to end: those of web requests are cancelled after "
                    + describe(cancelAfter) + ", others after " + describe(gracePeriod));
        }
    }

    private static Registration after(Duration delay, Runnable work) {
        return GroupClock.system().schedule(delay, () -> onThreadOfItsOwn(work));
    }

    private void takeTimersBack() {
        lock.lock();
        try {
            timers.forEach(Registration::close);
            timers.clear();
            told.clear();
            answering = false;
        } finally {
            lock.unlock();
        }
    }

    /** What is left of a time that began with the stop. */
    private Duration left(Duration time) {
        return time.minusNanos(System.nanoTime() - begunNanos);
    }

    /** Returns the latches of the requests whose groups it cancelled. */
    private List<CountDownLatch> cancelRequests() {
        Map<ErrGroup, CountDownLatch> open = unlessStartedAgain(Map.of(), registry::stopRequests);
        List<CountDownLatch> requests = open.entrySet().stream()
                .filter(group -> !group.getKey().context().isCancelled())
                .map(Map.Entry::getValue)
                .distinct()
                .toList();
        if (!requests.isEmpty()) {
            answering = true;
        }
        cancel(open.keySet(), " of web requests, so that their answers still go out,");
        return requests;
    }

    private void cancelAll() {
        List<ErrGroup> none = List.of();
        cancel(
                unlessStartedAgain(none, () -> {
                    registry.drain().stop();
                    return registry.live();
                }),
                "");
    }

    /**
     * The web server is about to stop. It has waited for the requests whose groups were cancelled before; where it stops
     * immediately there are others, and they are waited for here. Then there is a moment for the server to send what the
     * handlers have made, which it does not count as part of the request.
     */
    void endRequests() {
        List<CountDownLatch> requests = cancelRequests();
        long end = System.nanoTime() + LONGEST_ANSWER.toNanos();
        try {
            for (CountDownLatch handled : requests) {
                if (!handled.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    logger.debug("A request whose group was cancelled was not handled in time");
                }
            }
            if (answering) {
                Thread.sleep(SENDING.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Goes through all of them, also those that another thread is at: it may be held up by a hook. */
    private void cancel(Collection<ErrGroup> groups, String whose) {
        List<ErrGroup> late =
                groups.stream().filter(group -> !group.context().isCancelled()).toList();
        List<ErrGroup> untold = late.stream().filter(told::add).toList();
        if (!untold.isEmpty()) {
            logger.warn("Cancelling " + count(untold.size()) + whose + " open "
                    + describe(Duration.ofNanos(System.nanoTime() - begunNanos)) + " after the shutdown began: "
                    + untold);
        }
        // Outer groups first: those opened in their tasks are cancelled with them, and no fallback takes that for its
        // own.
        late.stream()
                .filter(group -> FrameworkAccess.parentOf(group) == null)
                .forEach(FrameworkAccess::cancelForShutdown);
        late.forEach(FrameworkAccess::cancelForShutdown);
    }

    /** What a timer set off comes too late if the application was started again meanwhile. */
    private <T> T unlessStartedAgain(T nothing, Supplier<T> stop) {
        lock.lock();
        try {
            return timers.isEmpty() ? nothing : stop.get();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        begin();
        try {
            if (awaitIdle()) {
                reportLeftOpen();
            }
            cancelAll();
            Duration left = left(phaseTimeout);
            Duration patience = left.compareTo(SHORTEST_CANCELLATION) > 0 ? left : SHORTEST_CANCELLATION;
            if (!registry.drain().await(this::noTaskRuns, patience)) {
                registry.live().forEach(ErrGroupShutdown::nameStragglers);
            }
        } catch (InterruptedException e) {
            cancelAll();
            Thread.currentThread().interrupt();
        } finally {
            takeTimersBack();
        }
    }

    /** Waits until no group is busy, and none that ran out of tasks starts one; false if the grace period ran out. */
    private boolean awaitIdle() throws InterruptedException {
        GroupDrain drain = registry.drain();
        while (drain.await(this::noneIsBusy, left(gracePeriod))) {
            if (drain.await(() -> registry.live().isEmpty(), MOMENT) || noneIsBusy()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a group's end is in sight: a task is at work, or a caller blocked in {@code go} has one to start. */
    private static boolean isBusy(ErrGroup group) {
        GroupSnapshot snapshot = group.snapshot();
        return snapshot.pending() > 0 || snapshot.blockedCallers() > 0;
    }

    private boolean noneIsBusy() {
        return registry.live().stream().noneMatch(ErrGroupShutdown::isBusy);
    }

    private boolean noTaskRuns() {
        return registry.live().stream().allMatch(group -> group.snapshot().pending() == 0);
    }

    /** Not those that opened just now, or that the shutdown itself has cancelled: they have an owner who closes them. */
    private void reportLeftOpen() {
        LeakWatch leaks = registry.leakWatch();
        if (leaks == null) {
            return;
        }
        for (ErrGroup group : registry.live()) {
            if (group.context().reason() != CancelReason.SHUTDOWN
                    && group.snapshot().age().compareTo(MOMENT) >= 0) {
                leaks.reportAtShutdown(group);
                told.add(group);
            }
        }
    }

    private static void nameStragglers(ErrGroup group) {
        GroupSnapshot snapshot = group.snapshot();
        for (TaskSnapshot task : snapshot.tasks()) {
            logger.warn("Task '" + task.name() + "' of group '" + snapshot.name() + "' ignores the shutdown"
                    + (task.age() == null ? "" : " after " + describe(task.age())) + stack(task.thread()));
        }
    }

    private static String stack(@Nullable Thread thread) {
        if (thread == null) {
            return "";
        }
        StringBuilder text = new StringBuilder(", in ").append(thread.getName());
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append(System.lineSeparator()).append("\tat ").append(frame);
        }
        return text.toString();
    }

    /** One more moment of the stop at which something is done. */
    public static final class Step implements SmartLifecycle {
        private final int phase;
        private final Runnable work;

        private volatile boolean running;

        /**
         * A step.
         *
         * @param phase when to run; before that it has started, and is run once
         */
        Step(int phase, Runnable work) {
            this.phase = phase;
            this.work = work;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }

        /**
         * As {@link ErrGroupShutdown#isPauseable}.
         *
         * @return false
         */
        public boolean isPauseable() {
            return false;
        }

        @Override
        public void stop() {
            running = false;
            work.run();
        }

        @Override
        public void stop(Runnable callback) {
            onThreadOfItsOwn(() -> {
                try {
                    stop();
                } finally {
                    callback.run();
                }
            });
        }
    }
}
