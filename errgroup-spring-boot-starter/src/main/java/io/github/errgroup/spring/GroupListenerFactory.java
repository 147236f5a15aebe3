package io.github.errgroup.spring;

import io.github.errgroup.GroupListener;

/**
 * Makes the listener that accounts for the groups of one name: meters, traces. A bean of this type is asked once per
 * accounted name when the application starts, before any group is opened, so that what it registers shows at zero.
 * Beans are asked in order; a plain {@link GroupListener} bean hears every group after them.
 */
@FunctionalInterface
public interface GroupListenerFactory {
    /**
     * Makes the listener of one accounted name.
     *
     * @param meterName a configured name, or {@value ErrGroupRegistry#DEFAULT_NAME} for all groups without settings of
     *     their own; never user input, so fit for a tag
     * @param settings the name's settings as the application starts; {@link ErrGroupRegistry#settings} has later ones
     * @return who is told of every group accounted under the name
     */
    GroupListener listenerFor(String meterName, ErrGroupSettings settings);
}
