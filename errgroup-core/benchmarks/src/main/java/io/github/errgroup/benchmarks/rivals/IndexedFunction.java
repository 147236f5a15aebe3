package io.github.errgroup.benchmarks.rivals;

/**
 * What one of many tasks makes.
 *
 * @param <T> the value's type
 */
@FunctionalInterface
public interface IndexedFunction<T> {
    /**
     * Makes one value.
     *
     * @param index which one, from 0
     * @return the value
     * @throws Exception the task's failure
     */
    T apply(int index) throws Exception;
}
