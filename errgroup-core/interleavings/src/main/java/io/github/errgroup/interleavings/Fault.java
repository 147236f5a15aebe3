package io.github.errgroup.interleavings;

import java.nio.file.Path;

/**
 * A seeded fault, compiled, and the test that must find it.
 *
 * @param test the test that it stands beside
 * @param seed what is wrong
 * @param classes the faulty classes, to take the place of the engine's
 */
record Fault(Class<?> test, SeededFault seed, Path classes) {
    @Override
    public String toString() {
        return test.getSimpleName() + ": " + seed.value();
    }
}
