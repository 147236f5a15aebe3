package io.github.errgroup.spring;

import io.github.errgroup.GroupListener;

/**
 * Accounts for the groups of one name: meters, traces. A bean of this type is asked once per accounted name when the
 * application starts, before any group is opened, so that what it registers shows at zero; what it makes is asked for a
 * listener each time a group of the name opens. Beans are asked in order. A plain {@link GroupListener.Factory} bean is asked
 * for every group, after them.
 */
@FunctionalInterface
public interface NamedGroupListeners {
    /**
     * Makes what listens to the groups of one accounted name.
     *
     * @param meterName a configured name, or {@value ErrGroupRegistry#DEFAULT_NAME} for all groups without settings of
     *     their own; never user input, so fit for a tag
     * @param settings the name's settings as the application starts; {@link ErrGroupRegistry#settings} has later ones
     * @return makes the listener of each group accounted under the name
     */
    GroupListener.Factory listenersFor(String meterName, ErrGroupSettings settings);
}
