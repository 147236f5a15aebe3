/**
 * errgroup as Spring beans: groups tuned by {@code errgroup.*} properties, one-shot groups kept from being shared by
 * singletons, context carried into tasks, and groups that end before the application does.
 *
 * <p>The nouns, and how they relate: {@linkplain io.github.errgroup.spring.autoconfigure.ErrGroupProperties properties}
 * give each group name its {@linkplain io.github.errgroup.spring.autoconfigure.ErrGroupSettings settings};
 * {@linkplain io.github.errgroup.spring.autoconfigure.ErrGroupCustomizer customizers} have the last word on what the
 * properties cannot say; the {@linkplain io.github.errgroup.spring.autoconfigure.ErrGroupRegistry registry} knows every
 * name, its live groups and what an operator has overridden.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe
 * unless it says otherwise.
 */
@NullMarked
package io.github.errgroup.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
