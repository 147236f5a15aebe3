package io.github.errgroup;

/**
 * What {@link ErrGroup#forEach(Iterable, ThrowingConsumer) forEach} does with one item; may throw anything checked.
 *
 * @param <T> the item's type
 */
@FunctionalInterface
public interface ThrowingConsumer<T> {
    /**
     * Handles one item.
     *
     * @param item the item, as the source gave it
     * @throws Exception the failure of the task that handles this item
     */
    void accept(T item) throws Exception;
}
