/**
 * The {@code errgroups} endpoint of Actuator: what are the groups of this application doing, and what are they waiting
 * for; and the means to retune them while they run.
 *
 * <p>The nouns, and how they relate: an {@linkplain io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint.ErrGroupsReport answer} has a
 * {@linkplain io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint.NameReport report} of each name: its settings, its totals, and its live
 * {@linkplain io.github.errgroup.spring.actuate.endpoint.GroupReport groups}, each with its unfinished
 * {@linkplain io.github.errgroup.spring.actuate.endpoint.TaskReport tasks} and the groups that were opened in them.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe
 * unless it says otherwise.
 */
@NullMarked
package io.github.errgroup.spring.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
