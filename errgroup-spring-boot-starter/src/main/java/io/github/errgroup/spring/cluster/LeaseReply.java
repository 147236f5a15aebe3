package io.github.errgroup.spring.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Redis answers.
 *
 * @param allowed how many tasks may run here. Less than was held: tasks that run keep their slots, and as they end it is said
 *     in the next request that less is held
 * @param limit the cluster limit that holds now
 * @param contended whether not everybody can have what it demands
 * @param overridden whether an operator has posted the limit
 * @param quietMillis how long no share grows, since Redis has lost what it knew, or never knew; 0 otherwise
 */
record LeaseReply(int allowed, int limit, boolean contended, boolean overridden, long quietMillis) {

    /**
     * As the script returns it.
     *
     * @return null where the script has ignored the request, since a later one had come before it
     */
    static @Nullable LeaseReply of(@Nullable List<Long> values) {
        return values == null || values.isEmpty()
                ? null
                : new LeaseReply(
                        values.get(0).intValue(),
                        values.get(1).intValue(),
                        values.get(2) != 0,
                        values.get(3) != 0,
                        values.get(4));
    }
}
