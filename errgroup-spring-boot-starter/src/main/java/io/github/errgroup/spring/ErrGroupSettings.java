package io.github.errgroup.spring;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the groups of a name now: properties, customizers, and over them what an operator has overridden.
 * Code at {@code open} may still differ, for its one group.
 *
 * @param name the groups' name
 * @param limit how many tasks of one group may run at once; -1 for no limit
 * @param sharedLimit how many tasks may run at once over all open groups of the name; -1 for no limit
 * @param timeout from opening to the deadline; null for none
 * @param cancelOnError whether the first failure cancels the rest
 * @param interruptOnCancel whether cancelling interrupts the running tasks' threads
 * @param executor where tasks run: {@code virtual}, {@code platform}, or {@code bean <name>}; {@code custom} where a
 *     customizer decided
 * @param reuseThreads whether a thread of the group's own may take a further task; null means only where there is a
 *     limit. False, not null, where the limit is the built-in one of platform threads
 * @param starvationTimeout how long a handed-in executor may make no progress before a compensating thread helps
 * @param stragglerGrace how long after cancellation a task that still runs is reported; null for never
 * @param overridden which of the values an operator has overridden, by property name: {@code limit},
 *     {@code shared-limit}, {@code timeout}
 */
public record ErrGroupSettings(
        String name,
        int limit,
        int sharedLimit,
        @Nullable Duration timeout,
        boolean cancelOnError,
        boolean interruptOnCancel,
        String executor,
        @Nullable Boolean reuseThreads,
        Duration starvationTimeout,
        @Nullable Duration stragglerGrace,
        Set<String> overridden) {

    /** Copies the set. */
    public ErrGroupSettings {
        overridden = Set.copyOf(overridden);
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
}
