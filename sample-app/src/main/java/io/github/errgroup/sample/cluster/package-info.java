/**
 * The profile {@code cluster}: a group whose limit holds over all instances, kept in Redis, and whose tasks run on members of
 * Hazelcast. Of Redis no class is named here: the property {@code cluster-limit} is all there is to it.
 */
@NullMarked
package io.github.errgroup.sample.cluster;

import org.jspecify.annotations.NullMarked;
