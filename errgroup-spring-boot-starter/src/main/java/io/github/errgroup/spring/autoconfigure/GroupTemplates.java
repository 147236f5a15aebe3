package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** What a group of a name is opened with: its account's settings, and everyone who listens. */
final class GroupTemplates {
    private final ErrGroupRegistry registry;

    /** By meter name; filled once, so that every meter is there before the first group. */
    private final Map<String, List<GroupListener>> listeners = new HashMap<>();

    private final Map<GroupAccount, ErrGroupOptions> options = new ConcurrentHashMap<>();

    GroupTemplates(ErrGroupRegistry registry, List<GroupListenerFactory> factories, List<GroupListener> everywhere) {
        this.registry = registry;
        for (GroupAccount account : registry.accountedFromTheStart()) {
            List<GroupListener> listening = new ArrayList<>();
            for (GroupListenerFactory factory : factories) {
                listening.add(factory.listenerFor(account.name(), account.settings()));
            }
            listening.addAll(everywhere);
            listeners.put(account.name(), listening);
        }
    }

    /** What properties, customizers and listeners make of a name. */
    ErrGroupOptions optionsFor(String name) {
        return named(name, optionsOf(registry.account(name)));
    }

    /** As {@link #optionsFor(String)}, changed by code; accounted for, whatever the code does to the listeners. */
    ErrGroupOptions optionsFor(String name, UnaryOperator<ErrGroupOptions> changes) {
        GroupAccount account = registry.account(name);
        ErrGroupOptions before = named(name, optionsOf(account));
        ErrGroupOptions after = changes.apply(before);
        return after.listeners() == before.listeners() || after.listeners().contains(account)
                ? after
                : after.listener(account);
    }

    private static ErrGroupOptions named(String name, ErrGroupOptions options) {
        return options.name().equals(name) ? options : options.name(name);
    }

    private ErrGroupOptions optionsOf(GroupAccount account) {
        ErrGroupOptions known = options.get(account);
        return known != null ? known : options.computeIfAbsent(account, this::assemble);
    }

    /** The account comes last: on opening it may cancel the group at once, and the others hear of the group before. */
    private ErrGroupOptions assemble(GroupAccount account) {
        List<GroupListener> all = new ArrayList<>(account.options().listeners());
        all.addAll(listeners.getOrDefault(account.meterName(), List.of()));
        all.add(account);
        return account.options().listeners(all);
    }
}
