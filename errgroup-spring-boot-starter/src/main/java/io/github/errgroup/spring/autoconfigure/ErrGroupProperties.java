package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.GroupProperties;
import io.github.errgroup.spring.GroupProperties.ExecutorType;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code errgroup.*}. The rules of the values are checked when the application starts.
 *
 * @param limit How many tasks of one group may run at once; above 0, or -1 for no limit. Unset means no limit on
 *     virtual threads and 256 elsewhere. A limit that is set also lets threads be reused, see executor.reuse-threads.
 * @param sharedLimit How many tasks may run at once over all open groups of one name; above 0, or -1 for no limit.
 * @param timeout Time from opening a group to its deadline, when what still runs is cancelled; above zero, or -1s for
 *     none.
 * @param taskTimeout How long each task may run, from its start, before it is cancelled alone and has failed; above zero, or
 *     -1s for none.
 * @param limitWait How long go() may wait for a slot, of one group and of its name together, before the task is rejected;
 *     0s for not at all, -1s for as long as it takes, as when unset.
 * @param cancelOnError Whether a group's first failure cancels the rest. If not, everything runs and the first failure
 *     is kept.
 * @param tolerate How many failures of a group neither cancel it nor are thrown; 0 or more, and only where the first failure
 *     cancels. Unset means 0.
 * @param interruptOnCancel Whether cancelling interrupts the threads of running tasks. If not, tasks only see the flag,
 *     and their cancellation hooks run.
 * @param executor Where tasks run.
 * @param stragglerGrace How long after cancellation a task that still runs is reported with its stack; above zero.
 * @param contextPropagation What is carried into tasks.
 * @param singletonUse What happens when a group that was injected into a singleton, or another bean that threads share,
 *     is used directly, and so would be shared by all callers.
 * @param leak How groups that are left open are found.
 * @param shutdown How groups end with the application.
 * @param metrics Meters.
 * @param observations Observations.
 * @param ai Spring AI.
 * @param cluster Limits over all instances of the application.
 * @param groups Settings of single names; unset ones inherit. A name in here can be injected by qualifier.
 */
@ConfigurationProperties(ErrGroupProperties.PREFIX)
public record ErrGroupProperties(
        @Nullable Integer limit,
        @Nullable Integer sharedLimit,
        @Nullable Duration timeout,
        @Nullable Duration taskTimeout,
        @Nullable Duration limitWait,
        @DefaultValue("true") boolean cancelOnError,
        @Nullable Integer tolerate,
        @DefaultValue("true") boolean interruptOnCancel,
        @DefaultValue Executor executor,
        @DefaultValue("5s") Duration stragglerGrace,
        @DefaultValue ContextPropagation contextPropagation,
        @DefaultValue("fail") SingletonUse singletonUse,
        @DefaultValue Leak leak,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Metrics metrics,
        @DefaultValue Observations observations,
        @DefaultValue Ai ai,
        @DefaultValue Cluster cluster,
        @DefaultValue Map<String, GroupProperties> groups) {

    static final String PREFIX = "errgroup";

    /** Copies the map, in its order. */
    public ErrGroupProperties {
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    }

    /**
     * The properties {@code errgroup.executor.*}.
     *
     * @param type Which threads tasks run on.
     * @param bean Name of the Executor bean that tasks run on; wins over the type.
     * @param threadNamePrefix What the names of our own threads begin with; the group's name follows.
     * @param reuseThreads Whether one of our own threads that ends a task may take the group's next one, which may then see
     *     a ThreadLocal that the first has set and that no context propagation knows. Unset means only where a limit is set;
     *     true also where there is none.
     * @param starvationTimeout How long an executor bean may neither start nor end a task of ours before a compensating
     *     thread runs what a waiting group lacks; above zero.
     */
    public record Executor(
            @DefaultValue("auto") ExecutorType type,
            @Nullable String bean,
            @DefaultValue("errgroup-") String threadNamePrefix,
            @Nullable Boolean reuseThreads,
            @DefaultValue("200ms") Duration starvationTimeout) {}

    /**
     * The properties {@code errgroup.context-propagation.*}.
     *
     * @param enabled Whether what io.micrometer:context-propagation captures in go() is set around each task.
     * @param mdcKeys MDC keys to carry into tasks, where no accessor for the MDC is registered.
     */
    public record ContextPropagation(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> mdcKeys) {}

    /** What happens when a group that was injected into a bean that threads share is used directly. */
    public enum SingletonUse {
        /** The use throws, naming the bean, the place and the fixes. */
        FAIL,
        /** The use is logged once, and goes on with the one group that all callers share. */
        WARN
    }

    /**
     * The properties {@code errgroup.leak.*}.
     *
     * @param threshold How long a group with no task left may be open before it is reported, once; above zero, or -1s
     *     for no report.
     * @param captureOpener Whether each group remembers which code opened it, for reports and for the endpoint.
     */
    public record Leak(
            @DefaultValue("10m") Duration threshold,
            @DefaultValue("false") boolean captureOpener) {}

    /**
     * The properties {@code errgroup.shutdown.*}.
     *
     * @param gracePeriod How long groups that are open when the application stops may go on before they are cancelled;
     *     above zero.
     * @param cancelAfter How long groups of web requests may go on, counted from just before the web server begins to
     *     stop, so that their answers still go out before it aborts them; 0s or more, and below
     *     spring.lifecycle.timeout-per-shutdown-phase. Unset means the grace period, and at most two thirds of that phase.
     */
    public record Shutdown(
            @DefaultValue("20s") Duration gracePeriod,
            @Nullable Duration cancelAfter) {}

    /**
     * The properties {@code errgroup.metrics.*}.
     *
     * @param enabled Whether groups are metered.
     */
    public record Metrics(@DefaultValue("true") boolean enabled) {}

    /**
     * The properties {@code errgroup.observations.*}.
     *
     * @param enabled Whether each group is an observation, and so a span of a trace.
     */
    public record Observations(@DefaultValue("false") boolean enabled) {}

    /**
     * The properties {@code errgroup.ai.*}.
     *
     * @param enabled Whether the tool calls of one answer run side by side, in a group named ai-tools, where there is Spring AI
     *     2.0.1 or newer.
     */
    public record Ai(@DefaultValue("true") boolean enabled) {}
    /** What holds for a cluster limit while Redis cannot be asked, from the end of the lease on. */
    public enum WithoutRedis {
        /** No task starts until Redis answers again. */
        STOP,
        /** The name's shared limit holds in each instance, and none over all of them. */
        LOCAL
    }

    /**
     * The properties {@code errgroup.cluster.*}.
     *
     * @param lease How long an instance's share of a cluster limit is its own after it was last renewed, and so how long the
     *     share of an instance that was killed is nobody's; at least 100ms, and the same in all instances.
     * @param keyPrefix What the keys in Redis begin with; the group's name follows. Instances with the same prefix share their
     *     limits. Unset means errgroup:, the application's name and a colon.
     * @param withoutRedis What holds while Redis cannot be asked, from the end of the lease on.
     */
    public record Cluster(
            @DefaultValue("10s") Duration lease,
            @Nullable String keyPrefix,
            @DefaultValue("stop") WithoutRedis withoutRedis) {}

    /** What all groups inherit. */
    GroupProperties topLevel() {
        return new GroupProperties(
                limit,
                sharedLimit,
                null,
                timeout,
                taskTimeout,
                limitWait,
                cancelOnError,
                tolerate,
                interruptOnCancel,
                new GroupProperties.Executor(
                        executor.type,
                        executor.bean,
                        executor.threadNamePrefix,
                        executor.reuseThreads,
                        executor.starvationTimeout),
                stragglerGrace);
    }
}
