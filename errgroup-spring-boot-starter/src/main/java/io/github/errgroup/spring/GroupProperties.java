package io.github.errgroup.spring;

import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.SharedLimit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What properties say about groups: of one name, {@code errgroup.groups.<name>.*}, or of all, {@code errgroup.*}. Null where
 * they say nothing.
 *
 * <p>A new setting is added in two files: here as a component, in {@link #applyTo}, which checks and applies it, and in
 * {@link #values}, which the endpoint shows; and in the properties of the top level, which have its default.
 *
 * @param limit How many tasks of one group may run at once; above 0, or -1 for no limit.
 * @param sharedLimit How many tasks may run at once over all open groups of this name; above 0, or -1 for no limit.
 * @param clusterLimit How many tasks of this name may run at once over all instances of the application, by way of Redis; above
 *     0, or -1 for no such limit. Needs Spring Data Redis.
 * @param timeout Time from opening a group to its deadline; above zero, or -1s for none.
 * @param taskTimeout How long each task may run before it is cancelled alone; above zero, or -1s for none.
 * @param limitWait How long go() may wait for a slot before the task is rejected; 0s for not at all, -1s for as long as it
 *     takes.
 * @param cancelOnError Whether a group's first failure cancels the rest.
 * @param tolerate How many failures of a group neither cancel it nor are thrown; 0 or more, and only where the first failure
 *     cancels.
 * @param interruptOnCancel Whether cancelling interrupts the threads of running tasks.
 * @param executor Where tasks run.
 * @param stragglerGrace How long after cancellation a task that still runs is reported with its stack; above zero.
 */
public record GroupProperties(
        @Nullable Integer limit,
        @Nullable Integer sharedLimit,
        @Nullable Integer clusterLimit,
        @Nullable Duration timeout,
        @Nullable Duration taskTimeout,
        @Nullable Duration limitWait,
        @Nullable Boolean cancelOnError,
        @Nullable Integer tolerate,
        @Nullable Boolean interruptOnCancel,
        @DefaultValue Executor executor,
        @Nullable Duration stragglerGrace) {

    /**
     * The properties {@code errgroup.groups.<name>.executor.*}.
     *
     * @param type Which threads tasks run on. Set here, it wins over an inherited bean.
     * @param bean Name of the Executor bean that tasks run on; wins over the type.
     * @param threadNamePrefix What the names of our own threads begin with; the group's name follows.
     * @param reuseThreads Whether one of our own threads that ends a task may take the group's next one, which may then see
     *     a ThreadLocal that the first has set.
     * @param starvationTimeout How long an executor bean may neither start nor end a task of ours before a compensating
     *     thread helps; above zero.
     */
    public record Executor(
            @Nullable ExecutorType type,
            @Nullable String bean,
            @Nullable String threadNamePrefix,
            @Nullable Boolean reuseThreads,
            @Nullable Duration starvationTimeout) {

        /**
         * Whether type or bean is set. They are one choice: a level that makes it leaves nothing of the level above.
         *
         * @return true if this level chooses where tasks run
         */
        public boolean isChosen() {
            return type != null || bean != null;
        }
    }

    /** Which threads tasks run on. */
    public enum ExecutorType {
        /**
         * A virtual thread per task where the JVM has them, unless spring.threads.virtual.enabled is false; else a
         * platform thread per task.
         */
        AUTO,
        /** A virtual thread per task. Needs Java 21. */
        VIRTUAL,
        /** A platform thread per task. */
        PLATFORM,
        /** Spring Boot's applicationTaskExecutor. */
        APPLICATION
    }

    /**
     * What the properties of a name begin with, as a user writes it.
     *
     * @param name any name
     * @return {@code errgroup.groups.<name>}, in brackets where the name needs them
     */
    public static String prefixOf(String name) {
        return "errgroup.groups" + (name.matches("[A-Za-z0-9_-]+") ? "." + name : "[" + name + "]");
    }

    /**
     * Sets what is given here, but for type, bean and prefix of the threads; the rest is left as it is. So the levels are
     * applied one after the other, the top level first.
     *
     * @param options where to set it
     * @param prefix what these properties begin with, for the exception
     * @throws org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException if a value
     *     breaks its rule
     */
    public void applyTo(ErrGroupOptions.Builder options, String prefix) {
        set(prefix + ".limit", limit, PropertyRules::brokenByLimit, options::limit);
        set(
                prefix + ".shared-limit",
                sharedLimit,
                PropertyRules::brokenByLimit,
                tasks -> options.sharedLimit(new SharedLimit(tasks)));
        set(prefix + ".cluster-limit", clusterLimit, PropertyRules::brokenByLimit, tasks -> {});
        set(
                prefix + ".timeout",
                timeout,
                PropertyRules::brokenByTimeout,
                time -> options.timeout(PropertyRules.nullIfNone(time)));
        set(
                prefix + ".task-timeout",
                taskTimeout,
                PropertyRules::brokenByTimeout,
                time -> options.taskTimeout(PropertyRules.nullIfNone(time)));
        set(
                prefix + ".limit-wait",
                limitWait,
                PropertyRules::brokenByLimitWait,
                time -> options.limitWait(PropertyRules.nullIfNone(time)));
        set(cancelOnError, options::cancelOnError);
        set(prefix + ".tolerate", tolerate, PropertyRules::brokenByTolerate, options::tolerate);
        set(interruptOnCancel, options::interruptOnCancel);
        set(executor.reuseThreads(), options::reuseThreads);
        set(
                prefix + ".executor.starvation-timeout",
                executor.starvationTimeout(),
                PropertyRules::brokenByDuration,
                options::starvationTimeout);
        set(prefix + ".straggler-grace", stragglerGrace, PropertyRules::brokenByDuration, options::stragglerGrace);
    }

    /** The settings of these options, by property; null where there is none. */
    static Map<String, @Nullable Object> values(ErrGroupOptions options, String executor) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        SharedLimit shared = options.sharedLimit();
        values.put("limit", options.limit());
        values.put("shared-limit", shared == null ? ErrGroupOptions.NO_LIMIT : shared.limit());
        values.put("timeout", options.timeout());
        values.put("task-timeout", options.taskTimeout());
        values.put("limit-wait", options.limitWait());
        values.put("cancel-on-error", options.cancelOnError());
        values.put("tolerate", options.tolerate());
        values.put("interrupt-on-cancel", options.interruptOnCancel());
        values.put("executor", executor);
        values.put("executor.reuse-threads", options.reuseThreads());
        values.put("executor.starvation-timeout", options.starvationTimeout());
        values.put("straggler-grace", options.stragglerGrace());
        return values;
    }

    private static <T> void set(@Nullable T value, Consumer<T> option) {
        if (value != null) {
            option.accept(value);
        }
    }

    private static <T> void set(
            String property, @Nullable T value, Function<T, @Nullable String> brokenRule, Consumer<T> option) {
        if (value != null) {
            PropertyRules.check(property, value, brokenRule.apply(value));
            option.accept(value);
        }
    }
}
