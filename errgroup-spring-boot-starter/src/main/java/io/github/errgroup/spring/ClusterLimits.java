package io.github.errgroup.spring;

/** Keeps the limits over all instances. A bean of this type is asked where a name has a {@code cluster-limit}. */
@FunctionalInterface
public interface ClusterLimits {
    /**
     * The limit of a name.
     *
     * @param name one that has a {@code cluster-limit}
     * @return the limit; it is kept already
     */
    ClusterLimit of(String name);
}
