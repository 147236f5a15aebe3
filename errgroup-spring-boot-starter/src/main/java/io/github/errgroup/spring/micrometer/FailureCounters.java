package io.github.errgroup.spring.micrometer;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Counts failures by exception, with a bound on the names. A name seen before costs one map look-up; names and not
 * classes are the keys, so no class loader is kept alive.
 *
 * <p>Protocol: a name enters {@code byName} once, under {@code registration}, while there are fewer than
 * {@value #MAX_EXCEPTIONS}; it never leaves.
 */
final class FailureCounters {
    /** The most exceptions counted under their own name. */
    static final int MAX_EXCEPTIONS = 20;

    private static final String NONE = "none";

    private static final String OTHER = "other";

    private final Function<String, Counter> register;

    private final ConcurrentMap<String, Counter> byName = new ConcurrentHashMap<>();

    private final ReentrantLock registration = new ReentrantLock();

    /**
     * Registers {@code none}, which stays 0: the series is there before the first failure.
     *
     * @param register registers the counter of one value of the tag
     */
    FailureCounters(Function<String, Counter> register) {
        this.register = register;
        Counter unused = register.apply(NONE);
    }

    void increment(Throwable failure) {
        String name = tagValue(failure.getClass());
        Counter counter = byName.get(name);
        (counter != null ? counter : counterOf(name)).increment();
    }

    private Counter counterOf(String name) {
        registration.lock();
        try {
            Counter counter = byName.get(name);
            if (counter != null) {
                return counter;
            }
            if (byName.size() >= MAX_EXCEPTIONS) {
                return register.apply(OTHER);
            }
            counter = register.apply(name);
            byName.put(name, counter);
            return counter;
        } finally {
            registration.unlock();
        }
    }

    private static String tagValue(Class<?> type) {
        String simpleName = type.getSimpleName();
        return simpleName.isEmpty() ? type.getName() : simpleName;
    }
}
