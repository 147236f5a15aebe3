package io.github.errgroup;

/** Takes back what was registered, a cancellation hook or a timer's action, when closed. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    /** Unregisters. Idempotent, never blocks. */
    @Override
    void close();
}
