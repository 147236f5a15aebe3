package io.github.errgroup.benchmarks.rivals;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * One way to run many tasks and wait for them. Every method opens what it needs, starts the tasks, returns when all
 * have ended, and throws if one failed: with the failure itself or with an exception that has it in its cause chain.
 * With {@link Feature#CANCEL} a failure interrupts the tasks that run, and keeps the others from starting.
 *
 * <p>Instances are thread-safe and keep nothing between calls but what a user would keep too.
 */
public interface Rival extends Named {
    /**
     * What it can do besides {@link #all}.
     *
     * @return unmodifiable
     */
    Set<Feature> features();

    /**
     * Runs tasks without a limit.
     *
     * @param tasks how many, above 0
     * @param task what each does
     * @throws Exception the first failure, or an exception caused by it
     */
    void all(int tasks, Callable<Boolean> task) throws Exception;

    /**
     * Runs tasks, never more than a limit at once. The caller is blocked while the limit is reached.
     *
     * @param tasks how many, above 0
     * @param limit how many may run at once, above 0
     * @param task what each does
     * @throws Exception the first failure, or an exception caused by it
     * @throws UnsupportedOperationException without {@link Feature#LIMIT}
     */
    default void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        throw new UnsupportedOperationException(id() + " has no " + Feature.LIMIT);
    }

    /**
     * Makes values at once.
     *
     * @param items how many, above 0
     * @param function makes each
     * @param <T> their type
     * @return the values, in order
     * @throws Exception the first failure, or an exception caused by it
     * @throws UnsupportedOperationException without {@link Feature#MAP}
     */
    default <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        throw new UnsupportedOperationException(id() + " has no " + Feature.MAP);
    }

    /**
     * Runs tasks on an executor.
     *
     * @param pool where they run; left open
     * @param tasks how many, above 0
     * @param task what each does
     * @throws Exception the first failure, or an exception caused by it
     * @throws UnsupportedOperationException without {@link Feature#POOL}
     */
    default void onPool(ExecutorService pool, int tasks, Callable<Boolean> task) throws Exception {
        throw new UnsupportedOperationException(id() + " has no " + Feature.POOL);
    }

    /**
     * Runs tasks that several virtual threads submit to one group.
     *
     * @param submitters how many threads submit, above 0
     * @param tasksEach how many tasks each of them submits, above 0
     * @param task what each task does
     * @throws Exception the first failure, or an exception caused by it
     * @throws UnsupportedOperationException without {@link Feature#MANY_SUBMITTERS}
     */
    default void fromThreads(int submitters, int tasksEach, Callable<Boolean> task) throws Exception {
        throw new UnsupportedOperationException(id() + " has no " + Feature.MANY_SUBMITTERS);
    }

    /**
     * Runs tasks without a limit, with the meters of {@link Observed} and the context of {@link Observed#setContext}.
     *
     * @param tasks how many, above 0
     * @param task what each does
     * @throws Exception the first failure, or an exception caused by it
     * @throws UnsupportedOperationException without {@link Feature#OBSERVED}
     */
    default void observed(int tasks, Callable<Boolean> task) throws Exception {
        throw new UnsupportedOperationException(id() + " has no " + Feature.OBSERVED);
    }
}
