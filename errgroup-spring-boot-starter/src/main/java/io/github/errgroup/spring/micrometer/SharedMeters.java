package io.github.errgroup.spring.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters that groups have in one registry, and how many {@link MeterLease}s hold each. A registry has one meter of an
 * id: a counter or timer is shared by all who register it, while a gauge shows the value of the one that came first. So a
 * gauge of ours shows the total over all who hold it, and a meter leaves the registry with the last of them.
 *
 * <p>A meter that was in the registry before, or in a registry that this one is composed of, is someone else's: it is
 * not removed, and a gauge then does not show our values.
 *
 * <p>Protocol: a meter is registered, taken up and removed under {@code lock}; so a thread that registers one either finds
 * it held, or is the first to hold it.
 */
final class SharedMeters {
    /** Guarded by itself. It keeps neither a registry nor its meters alive: leases do. */
    private static final Map<MeterRegistry, WeakReference<SharedMeters>> BY_REGISTRY = new WeakHashMap<>();

    private final MeterRegistry registry;

    private final ReentrantLock lock = new ReentrantLock();

    /** By identity: the meters that are ours and held by a lease. Guarded by {@code lock}. */
    private final Map<Meter, Holders> held = new IdentityHashMap<>();

    private SharedMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    static SharedMeters of(MeterRegistry registry) {
        synchronized (BY_REGISTRY) {
            WeakReference<SharedMeters> known = BY_REGISTRY.get(registry);
            SharedMeters shared = known == null ? null : known.get();
            if (shared == null) {
                shared = new SharedMeters(registry);
                BY_REGISTRY.put(registry, new WeakReference<>(shared));
            }
            return shared;
        }
    }

    MeterRegistry registry() {
        return registry;
    }

    /** The meters that are in the registry now, or in those it is composed of. */
    private Set<Meter> present() {
        Set<Meter> present = Collections.newSetFromMap(new IdentityHashMap<>());
        for (MeterRegistry each : withParts(registry, new HashSet<>())) {
            present.addAll(each.getMeters());
        }
        return present;
    }

    private static Set<MeterRegistry> withParts(MeterRegistry registry, Set<MeterRegistry> found) {
        if (found.add(registry) && registry instanceof CompositeMeterRegistry composite) {
            composite.getRegistries().forEach(part -> withParts(part, found));
        }
        return found;
    }

    /**
     * Registers a counter or a timer, and holds it.
     *
     * @param register registers it
     */
    <M extends Meter> Taken<M> take(Supplier<M> register) {
        lock.lock();
        try {
            Set<Meter> before = present();
            M meter = register.get();
            return new Taken<>(meter, hold(meter, before, new Holders()) != null);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Registers a gauge unless it is held already, holds it, and adds a value to its total.
     *
     * @param id the gauge's, before the registry's filters see it
     * @param registration registers it
     * @param total makes one of two values
     * @param value the value to add
     */
    Taken<Gauge> take(Meter.Id id, GaugeRegistration registration, DoubleBinaryOperator total, DoubleSupplier value) {
        lock.lock();
        try {
            Set<Meter> before = present();
            Holders first = new Holders();
            Gauge gauge = registry.find(id.getName()).tags(id.getTags()).gauges().stream()
                    .filter(held::containsKey)
                    .findAny()
                    .orElseGet(() -> registration.register(() -> first.total(total)));
            Holders holders = hold(gauge, before, first);
            if (holders != null) {
                holders.values.add(value);
            }
            return new Taken<>(gauge, holders != null);
        } finally {
            lock.unlock();
        }
    }

    /** One more holder of a meter; null if the meter is not ours. */
    private @Nullable Holders hold(Meter meter, Set<Meter> before, Holders first) {
        Holders holders = held.get(meter);
        if (holders == null) {
            if (before.contains(meter) || isInAPart(meter, before)) {
                return null;
            }
            holders = first;
            held.put(meter, holders);
        }
        holders.count++;
        return holders;
    }

    /** Whether a registry that this one is composed of had a meter of the same id. */
    private boolean isInAPart(Meter meter, Set<Meter> before) {
        return registry instanceof CompositeMeterRegistry
                && withParts(registry, new HashSet<>()).stream()
                        .flatMap(part -> withIdOf(meter, part).stream())
                        .anyMatch(before::contains);
    }

    /**
     * Gives up a meter that was taken and is ours. The last one to do so removes it, unless it was removed already: then
     * there may be another one of its id.
     *
     * @param value what was added to the total; null if the meter is no gauge
     */
    void giveUp(Meter meter, @Nullable DoubleSupplier value) {
        lock.lock();
        try {
            Holders holders = held.get(meter);
            if (holders == null) {
                return;
            }
            holders.values.remove(value);
            holders.count--;
            if (holders.count == 0) {
                held.remove(meter);
                if (withIdOf(meter, registry).stream().anyMatch(registered -> registered == meter)) {
                    registry.remove(meter);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static Collection<Meter> withIdOf(Meter meter, MeterRegistry registry) {
        Meter.Id id = meter.getId();
        return registry.find(id.getName()).tags(id.getTags()).meters();
    }

    /** Registers a gauge. */
    interface GaugeRegistration {
        Gauge register(Supplier<Number> value);
    }

    /**
     * A meter that was registered or found.
     *
     * @param meter the meter
     * @param ours whether a gauge shows our value; only what is ours is given up
     */
    record Taken<M extends Meter>(M meter, boolean ours) {}

    /** Who holds one meter. */
    private static final class Holders {
        /** Guarded by {@code lock}. */
        private int count;

        /** Of a gauge: a value of each holder. Written under {@code lock}, read with the gauge. */
        private final List<DoubleSupplier> values = new CopyOnWriteArrayList<>();

        double total(DoubleBinaryOperator total) {
            return values.stream()
                    .mapToDouble(DoubleSupplier::getAsDouble)
                    .reduce(total)
                    .orElse(Double.NaN);
        }
    }
}
