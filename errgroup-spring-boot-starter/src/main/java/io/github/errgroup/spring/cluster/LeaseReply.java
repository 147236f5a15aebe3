package io.github.errgroup.spring.cluster;

import java.util.List;
import java.util.Objects;
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
    static @Nullable LeaseReply of(@Nullable List<@Nullable Long> values) {
        if (values == null || values.isEmpty() || values.get(0) == null) {
            return null;
        }
        return new LeaseReply(
                number(values, 0),
                number(values, 1),
                number(values, 2) != 0,
                number(values, 3) != 0,
                number(values, 4));
    }

    private static int number(List<@Nullable Long> values, int index) {
        return Math.toIntExact(Objects.requireNonNull(values.get(index)));
    }
}
