package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.spring.ConfiguredGroup;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.ErrGroupSettings;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.Group;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** What properties and customizers make of a name. All the properties' rules are checked when it is made. */
final class GroupSettingsByName implements Function<String, ConfiguredGroup> {
    /** What keeps groups without a limit from starting a platform thread for each of ten thousand tasks. */
    static final int PLATFORM_LIMIT = 256;

    private static final Log logger = LogFactory.getLog(GroupSettingsByName.class);

    private final InheritedSettings topLevel;
    private final Map<String, Group> groups;
    private final TaskPlaces places;
    private final @Nullable ContextPropagator propagator;
    private final @Nullable Runnable waitGuard;
    private final boolean captureOpener;
    private final List<ErrGroupCustomizer> customizers;
    private final AtomicBoolean platformLimitLogged = new AtomicBoolean();

    GroupSettingsByName(
            ErrGroupProperties properties,
            TaskPlaces places,
            @Nullable ContextPropagator propagator,
            @Nullable Runnable waitGuard,
            List<ErrGroupCustomizer> customizers) {
        this.topLevel = InheritedSettings.ofTopLevel(properties);
        this.groups = properties.groups();
        this.captureOpener = properties.leak().captureOpener();
        this.places = places;
        this.propagator = propagator;
        this.waitGuard = waitGuard;
        this.customizers = customizers;
        for (String name : groups.keySet()) {
            checkName(name);
        }
    }

    private static void checkName(String name) {
        if (name.equals(ErrGroupRegistry.DEFAULT_NAME)) {
            throw InvalidProperty.of(
                    ErrGroupSettings.prefixOf(name),
                    name,
                    "the name is taken by the groups without settings of their own: set errgroup.* instead");
        }
    }

    Set<String> names() {
        return groups.keySet();
    }

    @Override
    public ConfiguredGroup apply(String name) {
        Group group = groups.get(name);
        InheritedSettings settings = group == null ? topLevel : topLevel.refinedBy(name, group);
        TaskPlace place = places.find(settings.executor());
        ErrGroupOptions.Builder builder = options(name, settings, place);
        int limitBefore = builder.build().limit();
        for (ErrGroupCustomizer customizer : customizers) {
            customizer.customize(name, builder);
        }
        ErrGroupOptions options = builder.name(name).build();
        boolean limitChosen = settings.limit() != null || options.limit() != limitBefore;
        String executor = options.threads() == place.threads() ? place.description() : "custom";
        return new ConfiguredGroup(options, executor, limitChosen);
    }

    private ErrGroupOptions.Builder options(String name, InheritedSettings settings, TaskPlace place) {
        ErrGroupOptions.Builder options = ErrGroupOptions.builder()
                .name(name)
                .limit(limit(settings, place))
                .sharedLimit(new SharedLimit(settings.sharedLimit()))
                .timeout(settings.timeout())
                .cancelOnError(settings.cancelOnError())
                .interruptOnCancel(settings.interruptOnCancel())
                .threads(place.threads())
                .starvationTimeout(settings.executor().starvationTimeout())
                .stragglerGrace(settings.stragglerGrace())
                .contextPropagator(propagator)
                .waitGuard(waitGuard)
                .captureOpener(captureOpener);
        Boolean reuseThreads = settings.executor().reuseThreads();
        if (reuseThreads != null) {
            options.reuseThreads(reuseThreads);
        }
        return options;
    }

    private int limit(InheritedSettings settings, TaskPlace place) {
        if (settings.limit() != null) {
            return settings.limit();
        }
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
