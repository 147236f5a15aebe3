/**
 * The groups of an application: the names they are opened under, what holds for each name, which of its groups are open
 * now, and how they end with the application.
 *
 * <p>The nouns, and how they relate: the {@linkplain io.github.errgroup.spring.ErrGroupRegistry registry} has an account
 * of each name, with its {@linkplain io.github.errgroup.spring.ErrGroupSettings settings}, the one shared limit of its
 * groups, its live groups and what an operator has overridden.
 * {@linkplain io.github.errgroup.spring.GroupTemplates Templates} tell what a group of a name is opened with: the
 * account's settings, and who listens: to the groups of
 * {@linkplain io.github.errgroup.spring.NamedGroupListeners one name}, as meters and traces do, or to every group. The
 * {@linkplain io.github.errgroup.spring.ErrGroupShutdown shutdown} drains them.
 *
 * <p>{@code autoconfigure} makes all of this from properties; {@code micrometer}, {@code actuate.endpoint},
 * {@code ai} and {@code cluster} stand on it, and know neither {@code autoconfigure} nor each other.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe
 * unless it says otherwise.
 */
@NullMarked
package io.github.errgroup.spring;

import org.jspecify.annotations.NullMarked;
