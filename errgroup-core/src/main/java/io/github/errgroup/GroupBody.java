package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * What {@link ErrGroup#call(ErrGroupOptions, GroupBody) call} does with the group it opened: start the tasks and,
 * if it needs their values, {@linkplain ErrGroup#await() await} them.
 *
 * @param <T> the value's type
 * @param <X> the checked exception the body may throw; inferred as {@code RuntimeException} where it throws none
 */
@FunctionalInterface
public interface GroupBody<T extends @Nullable Object, X extends Exception> extends ThrowingFunction<ErrGroup, T> {
    /**
     * Runs the body in the caller's thread.
     *
     * @param group the open group; the caller of the body awaits and closes it
     * @return the value of the whole call
     * @throws X the body's own failure: the group is cancelled, waited for, and this exception rethrown as itself
     * @throws InterruptedException the thread was interrupted while it waited
     */
    T run(ErrGroup group) throws X, InterruptedException;

    @Override
    default T apply(ErrGroup group) throws X, InterruptedException {
        return run(group);
    }
}
