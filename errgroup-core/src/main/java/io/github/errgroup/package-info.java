/**
 * Go's {@code errgroup} for Java: a group starts subtasks, waits for all of them, keeps the first error and cancels
 * the rest, within a limit.
 *
 * <p>The nouns, and how they relate: a {@linkplain io.github.errgroup.ErrGroup group} is opened with
 * {@linkplain io.github.errgroup.ErrGroupOptions options} and starts tasks, each known by its
 * {@linkplain io.github.errgroup.Subtask subtask} handle. All tasks of a group share one
 * {@linkplain io.github.errgroup.GroupContext context}: its cancellation and deadline. What happens is told to
 * {@linkplain io.github.errgroup.GroupListener listeners}. {@link io.github.errgroup.ErrGroups} is a factory of groups
 * that are tuned by name.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe
 * unless it says otherwise.
 */
@NullMarked
package io.github.errgroup;

import org.jspecify.annotations.NullMarked;
