package io.github.errgroup;

/**
 * A task without a value that may throw anything checked. Written as a lambda:
 * {@code group.go(() -> audit.write(sku))}.
 */
@FunctionalInterface
public interface ThrowingRunnable {
    /**
     * Runs the task.
     *
     * @throws Exception the task's failure
     */
    void run() throws Exception;
}
