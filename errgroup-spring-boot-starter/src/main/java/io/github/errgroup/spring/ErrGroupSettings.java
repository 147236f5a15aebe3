package io.github.errgroup.spring;

import io.github.errgroup.ErrGroupOptions;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the groups of a name now: properties, customizers, and over them what an operator has overridden. The code
 * that opens a group may still change them for that group.
 *
 * @param options what a group of the name is opened with, but for the listeners; an override is in there. Its shared limit
 *     is the one of the open groups
 * @param executor where tasks run: {@code virtual}, {@code platform}, or {@code bean <name>}; {@code custom} where a
 *     customizer decided
 * @param overridden which of the values an operator has overridden, by property name: {@code limit},
 *     {@code shared-limit}, {@code timeout}
 */
public record ErrGroupSettings(ErrGroupOptions options, String executor, Set<String> overridden) {

    /** Copies the set. */
    public ErrGroupSettings {
        overridden = Set.copyOf(overridden);
    }

    /**
     * The values by the names of their properties, so that what is read can be found in the documentation.
     *
     * @return each value, null where there is none: no timeout, for one. {@code executor} is {@link #executor()}
     */
    public Map<String, @Nullable Object> values() {
        return Collections.unmodifiableMap(GroupProperties.values(options, executor));
    }
}
