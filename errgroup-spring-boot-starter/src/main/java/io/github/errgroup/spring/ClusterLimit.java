package io.github.errgroup.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One name's limit over all instances of the application, as this instance sees it: what meters and endpoints ask. Reading it
 * asks nobody outside of this instance.
 */
public interface ClusterLimit {
    /**
     * The limit over all instances, as this one was last told or has last changed it.
     *
     * @return above zero
     */
    int limit();

    /**
     * How many tasks may run in this instance now.
     *
     * @return 0 or more
     */
    int share();

    /**
     * How long ago the share was last renewed.
     *
     * @return null while there is no lease
     */
    @Nullable
    Duration leaseAge();

    /**
     * Whether an operator has posted the limit.
     *
     * @return true if it is not the configured one
     */
    boolean overridden();

    /**
     * Changes the limit for all instances; this one shows it at once. Asks outside, and so blocks for a moment.
     *
     * @param limit above zero; null for the configured one again
     * @throws IllegalStateException if what keeps the limit did not answer
     */
    void retune(@Nullable Integer limit);

    /**
     * Changes how many tasks may run in this instance at most, whatever its share is.
     *
     * @param tasks above zero, or -1 for no such limit
     */
    void localLimit(int tasks);
}
