package io.github.errgroup.spring;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * What a group of a name is opened with: the settings of its account, and all its listeners.
 *
 * <p>The listeners are asked for when all singletons are there, or before that when a group opens. An
 * {@link io.github.errgroup.ErrGroups} is made without them. So a listener may use groups itself, and so may what it needs,
 * such as the application's MeterRegistry or ObservationRegistry with their customizers and handlers.
 */
public final class GroupTemplates implements SmartInitializingSingleton {
    /** Beans of the starter that listen to the groups of one context. */
    private static final Set<String> OF_ONE_CONTEXT =
            Set.of("errGroupMeters", "errGroupObservations", "errGroupTotals");

    private final ErrGroupRegistry registry;
    private final ObjectProvider<NamedGroupListeners> named;
    private final ObjectProvider<GroupListener.Factory> everywhere;
    private final ConfigurableListableBeanFactory beans;

    private final ReentrantLock asking = new ReentrantLock();

    /** By meter name. Written once, under {@code asking}: each factory is asked once. */
    private volatile @Nullable Map<String, List<GroupListener.Factory>> listeners;

    private final Map<GroupAccount, ErrGroupOptions> options = new ConcurrentHashMap<>();

    /**
     * Templates.
     *
     * @param registry knows the settings of each name
     * @param named make the listeners of each name
     * @param everywhere make the listeners of every group
     * @param beans tells which listeners are beans of a parent context: these account for the parent's groups only
     */
    public GroupTemplates(
            ErrGroupRegistry registry,
            ObjectProvider<NamedGroupListeners> named,
            ObjectProvider<GroupListener.Factory> everywhere,
            ConfigurableListableBeanFactory beans) {
        this.registry = registry;
        this.named = named;
        this.everywhere = everywhere;
        this.beans = beans;
    }

    /** Every meter is there when the application has started, so that zeros show. */
    @Override
    public void afterSingletonsInstantiated() {
        Map<String, List<GroupListener.Factory>> unused = listeners();
    }

    private Map<String, List<GroupListener.Factory>> listeners() {
        Map<String, List<GroupListener.Factory>> known = listeners;
        if (known != null) {
            return known;
        }
        asking.lock();
        try {
            known = listeners;
            if (known == null) {
                known = askForListeners();
                listeners = known;
            }
            return known;
        } finally {
            asking.unlock();
        }
    }

    private Map<String, List<GroupListener.Factory>> askForListeners() {
        Set<Object> ofParents = beansOfParents();
        List<NamedGroupListeners> each =
                named.orderedStream().filter(one -> !ofParents.contains(one)).toList();
        List<GroupListener.Factory> all = everywhere
                .orderedStream()
                .filter(listener -> !ofParents.contains(listener))
                .toList();
        Map<String, List<GroupListener.Factory>> byName = new HashMap<>();
        for (GroupAccount account : registry.accountedFromTheStart()) {
            List<GroupListener.Factory> listening = new ArrayList<>();
            for (NamedGroupListeners one : each) {
                listening.add(one.listenersFor(account.name(), account.settings()));
            }
            listening.addAll(all);
            byName.put(account.name(), listening);
        }
        return byName;
    }

    /** A parent's meters and totals know its names, and would count groups that it does not list. */
    private Set<Object> beansOfParents() {
        Set<Object> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (String name : OF_ONE_CONTEXT) {
            if (!beans.containsLocalBean(name) && beans.containsBean(name)) {
                found.add(beans.getBean(name));
            }
        }
        return found;
    }

    /**
     * The factory of groups.
     *
     * @return one whose groups are opened with these templates
     */
    public ErrGroups errGroups() {
        return new TunedErrGroups(this, registry);
    }

    /**
     * What properties, customizers and listeners make of a name.
     *
     * @param name any name
     * @return what a group of the name is opened with
     */
    public ErrGroupOptions optionsFor(String name) {
        GroupAccount account = registry.account(name);
        return account.withReuseThatIsChosen(named(name, optionsOf(account)));
    }

    /** As {@link #optionsFor(String)}, changed by code; accounted for, whatever the code does to the listeners. */
    ErrGroupOptions optionsFor(String name, Consumer<ErrGroupOptions.Builder> changes) {
        GroupAccount account = registry.account(name);
        ErrGroupOptions before = optionsOf(account);
        ErrGroupOptions.Builder builder = before.toBuilder().name(name);
        changes.accept(builder);
        ErrGroupOptions after = builder.build();
        boolean accounted =
                after.listeners() == before.listeners() || after.listeners().contains(account);
        return account.withReuseThatIsChosen(
                accounted ? after : builder.listener(account).build());
    }

    private static ErrGroupOptions named(String name, ErrGroupOptions options) {
        return options.name().equals(name)
                ? options
                : options.toBuilder().name(name).build();
    }

    private ErrGroupOptions optionsOf(GroupAccount account) {
        ErrGroupOptions known = options.get(account);
        if (known != null) {
            return known;
        }
        Map<String, List<GroupListener.Factory>> all =
                listeners(); // not while a key of the map is locked: beans may be made
        return options.computeIfAbsent(account, unknown -> assemble(unknown, all));
    }

    /** The account comes last: on opening it may cancel the group at once, and the others hear of the group before. */
    private static ErrGroupOptions assemble(GroupAccount account, Map<String, List<GroupListener.Factory>> listeners) {
        List<GroupListener.Factory> all = new ArrayList<>(account.options().listeners());
        all.addAll(listeners.getOrDefault(account.meterName(), List.of()));
        all.add(account);
        return account.options().toBuilder().listeners(all).build();
    }

    /** {@link ErrGroups} tuned by properties. */
    private static final class TunedErrGroups implements ErrGroups {
        private final GroupTemplates templates;
        private final ErrGroupRegistry registry;

        TunedErrGroups(GroupTemplates templates, ErrGroupRegistry registry) {
            this.templates = templates;
            this.registry = registry;
        }

        @Override
        public ErrGroup open() {
            return open(ErrGroupRegistry.DEFAULT_NAME);
        }

        @Override
        public ErrGroup open(String name) {
            return ErrGroup.open(templates.optionsFor(Objects.requireNonNull(name, "name")));
        }

        @Override
        public ErrGroup open(String name, Consumer<ErrGroupOptions.Builder> changes) {
            return ErrGroup.open(templates.optionsFor(
                    Objects.requireNonNull(name, "name"), Objects.requireNonNull(changes, "changes")));
        }

        @Override
        public List<ErrGroup> live() {
            return registry.live();
        }
    }
}
