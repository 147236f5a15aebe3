/**
 * errgroup as Spring beans: groups tuned by {@code errgroup.*} properties, one-shot groups kept from being shared by
 * singletons, context carried into tasks; meters, observations and an endpoint where the application has what they need.
 *
 * <p>The nouns, and how they relate: {@linkplain io.github.errgroup.spring.autoconfigure.ErrGroupProperties properties}
 * give each group name its {@linkplain io.github.errgroup.spring.ErrGroupSettings settings};
 * {@linkplain io.github.errgroup.spring.autoconfigure.ErrGroupCustomizer customizers} have the last word on what the
 * properties cannot say.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe
 * unless it says otherwise.
 */
@NullMarked
package io.github.errgroup.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
