package io.github.errgroup.spring;

import io.github.errgroup.ErrGroupOptions;
import org.jspecify.annotations.Nullable;

/**
 * What properties and customizers made of one name.
 *
 * @param options what its groups are opened with
 * @param executor where their tasks run, in words; see {@link ErrGroupSettings#executor()}
 * @param limitChosen whether a property or a customizer chose the limit; false where it is the built-in one
 * @param clusterLimit how many tasks may run at once over all instances; null for no such limit
 */
public record ConfiguredGroup(
        ErrGroupOptions options,
        String executor,
        boolean limitChosen,
        @Nullable Integer clusterLimit) {

    /**
     * The options that a group is opened with. A limit turns reuse of threads on (J13), but a limit that nobody chose does
     * not: a user who chose neither must not find one task's ThreadLocal in the next.
     *
     * @param opening the options above, perhaps changed by the code that opens a group
     */
    ErrGroupOptions withReuseThatIsChosen(ErrGroupOptions opening) {
        boolean builtInLimit = !limitChosen && opening.limit() >= 0 && opening.limit() == options.limit();
        return builtInLimit && opening.reuseThreads() == null
                ? opening.toBuilder().reuseThreads(false).build()
                : opening;
    }
}
