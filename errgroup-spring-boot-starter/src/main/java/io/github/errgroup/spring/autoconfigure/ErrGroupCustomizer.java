package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroupOptions;

/**
 * Changes what groups are opened with, after the properties and before the code at {@code open}: another clock, a rule
 * for what counts as a cancellation. Beans of this type are asked in order, once per name, when the name is first
 * needed; so what they decide holds for all groups of the name.
 */
@FunctionalInterface
public interface ErrGroupCustomizer {
    /**
     * Changes the settings of a name.
     *
     * @param name the groups' name, which stays
     * @param options what properties and earlier customizers made of it; {@code options.build()} tells what that is
     */
    void customize(String name, ErrGroupOptions.Builder options);
}
