package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.ErrGroupSettings;
import io.github.errgroup.spring.PropertyRules;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.Executor;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.Group;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.GroupExecutor;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one name, with what it inherits filled in and every rule checked.
 *
 * @param limit above 0; -1 for no limit; null where nobody said
 * @param sharedLimit above 0, or -1 for no limit
 * @param timeout above zero; null for none
 * @param cancelOnError whether the first failure cancels the rest
 * @param interruptOnCancel whether cancelling interrupts
 * @param stragglerGrace above zero
 * @param executor where tasks run
 */
record InheritedSettings(
        @Nullable Integer limit,
        int sharedLimit,
        @Nullable Duration timeout,
        boolean cancelOnError,
        boolean interruptOnCancel,
        Duration stragglerGrace,
        ExecutorChoice executor) {

    static InheritedSettings ofTopLevel(ErrGroupProperties properties) {
        String prefix = ErrGroupProperties.PREFIX;
        Executor executor = properties.executor();
        check(prefix, properties.limit(), properties.sharedLimit(), properties.timeout(), properties.stragglerGrace());
        checkStarvationTimeout(prefix, executor.starvationTimeout());
        return new InheritedSettings(
                properties.limit(),
                Objects.requireNonNullElse(properties.sharedLimit(), -1),
                asOption(properties.timeout()),
                properties.cancelOnError(),
                properties.interruptOnCancel(),
                properties.stragglerGrace(),
                new ExecutorChoice(
                        prefix + ".executor",
                        executor.type(),
                        executor.bean(),
                        executor.threadNamePrefix(),
                        executor.reuseThreads(),
                        executor.starvationTimeout()));
    }

    InheritedSettings refinedBy(String name, Group group) {
        String prefix = ErrGroupSettings.prefixOf(name);
        GroupExecutor own = group.executor();
        check(prefix, group.limit(), group.sharedLimit(), group.timeout(), group.stragglerGrace());
        checkStarvationTimeout(prefix, own.starvationTimeout());
        return new InheritedSettings(
                group.limit() != null ? group.limit() : limit,
                Objects.requireNonNullElse(group.sharedLimit(), sharedLimit),
                group.timeout() != null ? asOption(group.timeout()) : timeout,
                Objects.requireNonNullElse(group.cancelOnError(), cancelOnError),
                Objects.requireNonNullElse(group.interruptOnCancel(), interruptOnCancel),
                Objects.requireNonNullElse(group.stragglerGrace(), stragglerGrace),
                executor.refinedBy(prefix + ".executor", own));
    }

    private static void check(
            String prefix,
            @Nullable Integer limit,
            @Nullable Integer sharedLimit,
            @Nullable Duration timeout,
            @Nullable Duration stragglerGrace) {
        InvalidProperty.check(prefix + ".limit", limit, PropertyRules.brokenByLimit(limit));
        InvalidProperty.check(prefix + ".shared-limit", sharedLimit, PropertyRules.brokenByLimit(sharedLimit));
        InvalidProperty.check(prefix + ".timeout", timeout, PropertyRules.brokenByTimeout(timeout));
        InvalidProperty.check(
                prefix + ".straggler-grace", stragglerGrace, PropertyRules.brokenByDuration(stragglerGrace));
    }

    private static void checkStarvationTimeout(String prefix, @Nullable Duration starvationTimeout) {
        InvalidProperty.check(
                prefix + ".executor.starvation-timeout",
                starvationTimeout,
                PropertyRules.brokenByDuration(starvationTimeout));
    }

    private static @Nullable Duration asOption(@Nullable Duration timeout) {
        return PropertyRules.NO_TIMEOUT.equals(timeout) ? null : timeout;
    }
}
