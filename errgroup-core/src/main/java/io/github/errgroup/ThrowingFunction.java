package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * What {@link ErrGroup#map(Iterable, ThrowingFunction) map} makes of one item; may throw anything checked.
 *
 * @param <T> the item's type
 * @param <R> the result's type
 */
@FunctionalInterface
public interface ThrowingFunction<T, R extends @Nullable Object> {
    /**
     * Makes the result of one item.
     *
     * @param item the item, as the source gave it
     * @return the result; may be null
     * @throws Exception the failure of the task that handles this item
     */
    R apply(T item) throws Exception;
}
