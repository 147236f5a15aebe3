/**
 * One limit over all instances of a name (N14): each instance leases a share of it from Redis, and sets the name's shared
 * limit to that.
 *
 * <p>The nouns, and how they relate: a {@linkplain io.github.errgroup.spring.cluster.ShareLease lease} is what one instance
 * knows of its share of one name, and decides when to call, what to say and how many tasks may run; it has neither a thread
 * nor a connection. What it says is a {@linkplain io.github.errgroup.spring.cluster.LeaseRequest request}; what Redis answers,
 * by the script {@code lease.lua}, which knows all instances, a {@linkplain io.github.errgroup.spring.cluster.LeaseReply
 * reply}.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}.
 */
@NullMarked
package io.github.errgroup.spring.cluster;

import org.jspecify.annotations.NullMarked;
