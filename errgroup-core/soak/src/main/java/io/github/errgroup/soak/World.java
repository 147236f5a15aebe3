package io.github.errgroup.soak;

import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.spring.autoconfigure.StarterContext;
import io.github.errgroup.spring.micrometer.StarterMeters;
import io.micrometer.context.ContextRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all groups of a soak have in common. */
final class World {
    static final String NAME = "soak";

    private final long seed;

    private final Violations violations;

    private final Totals totals = new Totals();

    private final Places places;

    private final MeterRegistry meters = new SimpleMeterRegistry();

    /** One that only nesting gets past, one that is scarce, one that is not. */
    private final List<SharedGauge> shared = List.of(new SharedGauge(1), new SharedGauge(4), new SharedGauge(12));

    private final Interrupter interrupter = new Interrupter();

    private final TaskWork work = new TaskWork(this);

    private final ErrGroupOptions defaults;

    private final ErrGroups groups;

    World(long seed) {
        this.seed = seed;
        this.violations = new Violations(seed);
        this.places = new Places(violations);
        this.defaults = ErrGroupOptions.builder()
                .name(NAME)
                .contextPropagator(StarterContext.propagator(
                        new ContextRegistry().registerThreadLocalAccessor(new ContextValue.Accessor())))
                .listener(StarterMeters.listeners(meters, NAME))
                .build();
        this.groups = ErrGroups.of(defaults);
    }

    long seed() {
        return seed;
    }

    Violations violations() {
        return violations;
    }

    Totals totals() {
        return totals;
    }

    Places places() {
        return places;
    }

    MeterRegistry meters() {
        return meters;
    }

    Interrupter interrupter() {
        return interrupter;
    }

    TaskWork work() {
        return work;
    }

    /** With meters and context on. */
    ErrGroupOptions defaults() {
        return defaults;
    }

    /** Opens groups with these settings. */
    ErrGroups groups() {
        return groups;
    }

    List<SharedGauge> shared() {
        return shared;
    }

    /** By its number; null for a negative one. */
    @Nullable
    SharedGauge shared(int number) {
        return number < 0 ? null : shared.get(number);
    }

    void close() {
        interrupter.close();
        places.close();
    }
}
