package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.TaskSnapshot;
import java.time.Duration;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Ends the groups with the application: after the web server has stopped, and while the executors still run, open
 * groups get the grace period; then they are cancelled, their tasks are waited for, and those that do not end are
 * named. From then on a group that opens is cancelled at once, so that no task runs in a closed context.
 */
final class ErrGroupShutdown implements SmartLifecycle {
    /**
     * Phases stop from high to low: the web server at Integer.MAX_VALUE - 2048, executors at Integer.MAX_VALUE / 2.
     * Boot's constant moved between its versions, so the number stands here.
     */
    static final int PHASE = Integer.MAX_VALUE - 3072;

    /** Cancelled tasks get at least so long to end, also where the phase's time is used up by the grace period. */
    private static final Duration SHORTEST_CANCELLATION = Duration.ofSeconds(1);

    private static final Log logger = LogFactory.getLog(ErrGroupShutdown.class);

    private final ErrGroupRegistry registry;
    private final Duration gracePeriod;
    private final Duration cancellationPeriod;

    private volatile boolean running;

    /**
     * The shutdown of an application's groups.
     *
     * @param phaseTimeout how long Spring waits for the phase
     */
    ErrGroupShutdown(ErrGroupRegistry registry, Duration gracePeriod, Duration phaseTimeout) {
        this.registry = registry;
        this.gracePeriod = gracePeriod;
        Duration left = phaseTimeout.minus(gracePeriod);
        this.cancellationPeriod = left.compareTo(SHORTEST_CANCELLATION) > 0 ? left : SHORTEST_CANCELLATION;
        if (gracePeriod.compareTo(phaseTimeout) > 0) {
            logger.warn("errgroup.shutdown.grace-period " + describe(gracePeriod)
                    + " is above spring.lifecycle.timeout-per-shutdown-phase " + describe(phaseTimeout)
                    + ": Spring goes on with the shutdown before the grace is over, while groups are still open");
        }
    }

    private static String describe(Duration duration) {
        return duration.toMillis() + "ms";
    }

    @Override
    public void start() {
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

    /** On a thread of its own, so that Spring's time limit for the phase holds. */
    @Override
    public void stop(Runnable callback) {
        Thread thread = new Thread(
                () -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                },
                "errgroup-shutdown");
        thread.setDaemon(true);
        thread.start();
    }

    private void end() {
        GroupDrain drain = registry.drain();
        try {
            int open = registry.live().size();
            if (open > 0) {
                logger.info("Waiting at most " + describe(gracePeriod) + " for " + open
                        + (open == 1 ? " open group" : " open groups") + " to end");
            }
            if (drain.await(() -> registry.live().isEmpty(), gracePeriod)) {
                logger.debug("All groups have ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        drain.stop();
        // Also after a wait that went well: a group may have opened between its end and the stop.
        cancel(registry.live());
    }

    private void cancel(List<ErrGroup> late) {
        if (late.isEmpty()) {
            return;
        }
        logger.warn("Cancelling " + late.size() + (late.size() == 1 ? " group that is" : " groups that are")
                + " open after the grace period of " + describe(gracePeriod) + ": " + late);
        // Outer groups first: those opened in their tasks are cancelled with them, and no fallback takes that for its
        // own.
        late.stream().filter(group -> group.parent() == null).forEach(ErrGroup::shutdown);
        late.forEach(ErrGroup::shutdown);
        try {
            if (!registry.drain().await(this::noTaskRuns, cancellationPeriod)) {
                registry.live().forEach(ErrGroupShutdown::nameStragglers);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean noTaskRuns() {
        return registry.live().stream().allMatch(group -> group.snapshot().pending() == 0);
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
}
