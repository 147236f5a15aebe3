/**
 * Spring AI on groups: the {@linkplain io.github.errgroup.spring.ai.ErrGroupToolCallingManager manager} that runs the tool
 * calls of one answer side by side. Used where the application has Spring AI.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe
 * unless it says otherwise.
 */
@NullMarked
package io.github.errgroup.spring.ai;

import org.jspecify.annotations.NullMarked;
