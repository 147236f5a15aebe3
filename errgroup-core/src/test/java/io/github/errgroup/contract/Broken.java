package io.github.errgroup.contract;

/** A task's own failure, checked. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
        super(message);
    }
}
