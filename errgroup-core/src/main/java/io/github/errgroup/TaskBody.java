package io.github.errgroup;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task that has a value and may throw anything checked. Written as a lambda:
 * {@code group.go(() -> prices.find(sku))}.
 *
 * <p>If a lambda fits several types that {@link ErrGroup#go(TaskBody) go} accepts, Java takes it for the most specific one.
 * That is this type, since it extends the two others. Kotlin takes every lambda for this type, so that no value is lost:
 * {@code group.go { audit.write(sku) }} has the value {@code Unit}.
 *
 * @param <T> the value's type
 */
@FunctionalInterface
public interface TaskBody<T extends @Nullable Object> extends Callable<T>, ThrowingRunnable {
    /**
     * Runs the task.
     *
     * @return the value; may be null
     * @throws Exception the task's failure
     */
    @Override
    T call() throws Exception;

    /**
     * Runs the task for its effect alone, where it is passed on as one without a value.
     *
     * @throws Exception the task's failure
     */
    @Override
    default void run() throws Exception {
        call();
    }
}
