package io.github.errgroup.benchmarks.rivals;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;

/**
 * What a careful hand would count of a group and its tasks, held in fields: as the starter's own meters do, but for those
 * of limits and cancellation, which a group that succeeds never touches.
 *
 * @param succeeded times of tasks that succeeded
 * @param failed times of tasks that failed
 * @param failures how many failed
 * @param active how many run
 * @param groupsOpen the groups that are open
 * @param groupSucceeded times of groups that succeeded
 * @param groupFailed times of groups that failed
 */
public record Observed(
        Timer succeeded,
        Timer failed,
        Counter failures,
        LongAdder active,
        LongTaskTimer groupsOpen,
        Timer groupSucceeded,
        Timer groupFailed) {
    /** Of the scenarios with meters and context. */
    public static final String WHY_NOT_FIRST =
            "By hand the context is captured once for all tasks and nothing but the meters looks at the clock; ours "
                    + "captures it in each call of go, as the thread may change it in between, and keeps what a "
                    + "snapshot and a straggler's report need.";

    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    /** Carries what the starter carries here, and clears in the task what its caller does not have, as the starter does. */
    static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder()
            .contextRegistry(withUser(new ContextRegistry().loadThreadLocalAccessors())
                    .registerThreadLocalAccessor(new LocaleContextThreadLocalAccessor()))
            .clearMissing(true)
            .build();

    static final Observed BY_HAND = in(new SimpleMeterRegistry());

    private static Observed in(MeterRegistry registry) {
        LongAdder active = new LongAdder();
        Gauge.builder("task.active", active, LongAdder::sum).register(registry);
        return new Observed(
                registry.timer("task", "outcome", "success"),
                registry.timer("task", "outcome", "failure"),
                registry.counter("task.failures"),
                active,
                LongTaskTimer.builder("group.active").register(registry),
                registry.timer("group", "outcome", "success"),
                registry.timer("group", "outcome", "failure"));
    }

    private static ContextRegistry withUser(ContextRegistry registry) {
        return registry.registerThreadLocalAccessor("user", USER);
    }

    /** What the starter finds registered. */
    static void register() {
        withUser(ContextRegistry.getInstance());
    }

    /** Sets the context that is carried, as it is set for each web request: a user, and the locale. */
    public static void setContext() {
        USER.set("user");
        LocaleContextHolder.setLocale(Locale.ROOT);
    }

    /**
     * What a task does that finds its caller's context.
     *
     * @return true
     */
    public static boolean userIsCarried() {
        if (USER.get() == null) {
            throw new IllegalStateException("the context was not carried");
        }
        return true;
    }
}
