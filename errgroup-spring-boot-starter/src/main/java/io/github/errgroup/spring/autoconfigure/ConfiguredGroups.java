package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.spring.ConfiguredGroup;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.GroupProperties;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.WithoutRedis;
import io.github.errgroup.spring.autoconfigure.TaskPlaces.TaskPlace;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** What properties and customizers make of a name. A property that breaks its rule stops the start. */
final class ConfiguredGroups implements Function<String, ConfiguredGroup> {
    /** What keeps groups without a limit from starting a platform thread for each of ten thousand tasks. */
    static final int PLATFORM_LIMIT = 256;

    private static final Log logger = LogFactory.getLog(ConfiguredGroups.class);

    private final ErrGroupProperties properties;
    private final GroupProperties topLevel;
    private final Map<String, GroupProperties> groups;
    private final TaskPlaces places;
    private final @Nullable ContextPropagator propagator;
    private final @Nullable Runnable waitGuard;
    private final List<ErrGroupCustomizer> customizers;
    private final boolean slice;
    private final AtomicBoolean platformLimitLogged = new AtomicBoolean();

    ConfiguredGroups(
            ErrGroupProperties properties,
            TaskPlaces places,
            @Nullable ContextPropagator propagator,
            @Nullable Runnable waitGuard,
            List<ErrGroupCustomizer> customizers,
            boolean slice) {
        this.properties = properties;
        this.topLevel = properties.topLevel();
        this.groups = properties.groups();
        this.places = places;
        this.propagator = propagator;
        this.waitGuard = waitGuard;
        this.customizers = customizers;
        this.slice = slice;
        for (String name : groups.keySet()) {
            if (name.equals(ErrGroupRegistry.DEFAULT_NAME)) {
                throw new InvalidConfigurationPropertyValueException(
                        GroupProperties.prefixOf(name),
                        name,
                        "the name is taken by the groups without settings of their own: set errgroup.* instead");
            }
        }
    }

    Set<String> names() {
        return groups.keySet();
    }

    @Override
    public ConfiguredGroup apply(String name) {
        GroupProperties own = groups.get(name);
        TaskPlace place = place(name, own);
        boolean limitSet = topLevel.limit() != null || (own != null && own.limit() != null);
        ErrGroupOptions.Builder builder = ErrGroupOptions.builder()
                .threads(place.threads())
                .contextPropagator(propagator)
                .captureOpener(properties.leak().captureOpener())
                .limit(limitSet ? ErrGroupOptions.NO_LIMIT : builtInLimit(place));
        FrameworkAccess.guardWaits(builder, waitGuard);
        topLevel.applyTo(builder, ErrGroupProperties.PREFIX);
        if (own != null) {
            own.applyTo(builder, GroupProperties.prefixOf(name));
        }
        checkTolerate(name, own);
        int limitBefore = builder.build().limit();
        for (ErrGroupCustomizer customizer : customizers) {
            customizer.customize(name, builder.name(name));
        }
        ErrGroupOptions options = builder.name(name).build();
        String executor = options.threads() == place.threads() ? place.description() : "custom";
        return new ConfiguredGroup(
                options, executor, limitSet || options.limit() != limitBefore, clusterLimit(name, own, options));
    }

    private @Nullable Integer clusterLimit(String name, @Nullable GroupProperties own, ErrGroupOptions options) {
        Integer limit = own == null || slice ? null : own.clusterLimit();
        if (limit == null || limit < 0) {
            return null;
        }
        SharedLimit shared = options.sharedLimit();
        if (properties.cluster().withoutRedis() == WithoutRedis.LOCAL && (shared == null || shared.limit() < 0)) {
            throw new InvalidConfigurationPropertyValueException(
                    ErrGroupProperties.PREFIX + ".cluster.without-redis",
                    "local",
                    "needs " + GroupProperties.prefixOf(name) + ".shared-limit, which then holds in each instance");
        }
        return limit;
    }

    /** Of what is set on two levels, and does not go together. */
    private void checkTolerate(String name, @Nullable GroupProperties own) {
        String ownPrefix = GroupProperties.prefixOf(name);
        Boolean ownCancels = own == null ? null : own.cancelOnError();
        Integer ownTolerate = own == null ? null : own.tolerate();
        Boolean cancels = ownCancels != null ? ownCancels : topLevel.cancelOnError();
        Integer tolerate = ownTolerate != null ? ownTolerate : topLevel.tolerate();
        if (tolerate != null && tolerate > 0 && Boolean.FALSE.equals(cancels)) {
            String whose = own == null ? "" : " for group '" + name + "'";
            String cancelOnError = (ownCancels != null ? ownPrefix : ErrGroupProperties.PREFIX) + ".cancel-on-error";
            String fix = own == null || ownTolerate != null ? "" : ": set " + ownPrefix + ".tolerate to 0";
            throw new InvalidConfigurationPropertyValueException(
                    (ownTolerate != null ? ownPrefix : ErrGroupProperties.PREFIX) + ".tolerate",
                    tolerate,
                    "must be 0" + whose + ", since " + cancelOnError + " is false" + fix);
        }
    }

    private TaskPlace place(String name, @Nullable GroupProperties own) {
        GroupProperties.Executor inherited = topLevel.executor();
        GroupProperties.Executor chosen = own == null ? inherited : own.executor();
        String prefix = chosen.threadNamePrefix() != null
                ? chosen.threadNamePrefix()
                : properties.executor().threadNamePrefix();
        return own != null && chosen.isChosen()
                ? places.find(GroupProperties.prefixOf(name) + ".executor", chosen, prefix)
                : places.find(ErrGroupProperties.PREFIX + ".executor", inherited, prefix);
    }

    private int builtInLimit(TaskPlace place) {
        if (place.virtual()) {
            return ErrGroupOptions.NO_LIMIT;
        }
        if (platformLimitLogged.compareAndSet(false, true)) {
            logger.info("errgroup.limit is not set: groups whose threads are not virtual (" + place.description()
                    + ") run at most " + PLATFORM_LIMIT + " tasks at once; -1 for no limit");
        }
        return PLATFORM_LIMIT;
    }
}
