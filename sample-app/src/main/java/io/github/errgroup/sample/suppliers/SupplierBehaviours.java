package io.github.errgroup.sample.suppliers;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** How each supplier behaves now: as the properties say, until it is changed. Thread-safe. */
@Component
public class SupplierBehaviours {
    private static final SupplierBehaviour DEFAULT = new SupplierBehaviour(Duration.ofMillis(50), 0, false);

    /** From the properties. Never changed. */
    private final Map<Supplier, SupplierBehaviour> configured;

    /** An unmodifiable map. Replaced under the lock of this object, read without it. */
    private volatile Map<Supplier, SupplierBehaviour> behaviours;

    SupplierBehaviours(SupplierProperties properties) {
        Map<Supplier, SupplierBehaviour> initial = new EnumMap<>(Supplier.class);
        for (Supplier supplier : Supplier.values()) {
            initial.put(supplier, properties.behaviour().getOrDefault(supplier, DEFAULT));
        }
        this.configured = Collections.unmodifiableMap(initial);
        this.behaviours = configured;
    }

    /**
     * How one behaves.
     *
     * @param supplier which
     * @return its behaviour now
     */
    public SupplierBehaviour of(Supplier supplier) {
        SupplierBehaviour behaviour = behaviours.get(supplier);
        return behaviour == null ? DEFAULT : behaviour;
    }

    /**
     * How all behave.
     *
     * @return a copy, in the order of {@link Supplier}
     */
    public Map<Supplier, SupplierBehaviour> all() {
        return behaviours;
    }

    /**
     * Changes how one behaves, from its next request on.
     *
     * @param supplier which
     * @param behaviour its behaviour
     */
    public synchronized void change(Supplier supplier, SupplierBehaviour behaviour) {
        Map<Supplier, SupplierBehaviour> changed = new EnumMap<>(behaviours);
        changed.put(supplier, behaviour);
        behaviours = Collections.unmodifiableMap(changed);
    }

    /**
     * Lets one behave as the properties say again, from its next request on.
     *
     * @param supplier which
     */
    public void reset(Supplier supplier) {
        change(supplier, Objects.requireNonNull(configured.get(supplier)));
    }
}
