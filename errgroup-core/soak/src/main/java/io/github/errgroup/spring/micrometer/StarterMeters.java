package io.github.errgroup.spring.micrometer;

import io.github.errgroup.GroupListener;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.NullMarked;

/** The starter's meters without Spring. In their package, for they are not public. */
@NullMarked
public final class StarterMeters {
    private StarterMeters() {}

    /**
     * What counts and times groups.
     *
     * @param registry where the meters are registered
     * @param name the value of their tag {@code group}
     */
    public static GroupListener.Factory listeners(MeterRegistry registry, String name) {
        return new GroupMeters(new MeterLease(registry), name, () -> -1, () -> -1);
    }
}
