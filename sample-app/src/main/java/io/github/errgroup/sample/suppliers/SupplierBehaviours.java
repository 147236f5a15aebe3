package io.github.errgroup.sample.suppliers;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** How each supplier behaves now: as the properties say, until it is changed. Thread-safe. */
@Component
public class SupplierBehaviours {
    private static final SupplierBehaviour DEFAULT = new SupplierBehaviour(Duration.ofMillis(50), 0, false);

    private final Map<Supplier, SupplierBehaviour> configured;

    private final Map<Supplier, SupplierBehaviour> changed = new ConcurrentHashMap<>();

    SupplierBehaviours(SupplierProperties properties) {
        this.configured = properties.behaviour();
    }

    /**
     * How one behaves.
     *
     * @param supplier which
     * @return its behaviour now
     */
    public SupplierBehaviour of(Supplier supplier) {
        SupplierBehaviour behaviour = changed.get(supplier);
        return behaviour != null ? behaviour : configured.getOrDefault(supplier, DEFAULT);
    }

    /**
     * How all behave.
     *
     * @return a copy, in the order of {@link Supplier}
     */
    public Map<Supplier, SupplierBehaviour> all() {
        Map<Supplier, SupplierBehaviour> all = new EnumMap<>(Supplier.class);
        for (Supplier supplier : Supplier.values()) {
            all.put(supplier, of(supplier));
        }
        return all;
    }

    /**
     * Changes how one behaves, from its next request on.
     *
     * @param supplier which
     * @param behaviour its behaviour
     */
    public void change(Supplier supplier, SupplierBehaviour behaviour) {
        changed.put(supplier, behaviour);
    }

    /**
     * Lets one behave as the properties say again, from its next request on.
     *
     * @param supplier which
     */
    public void reset(Supplier supplier) {
        changed.remove(supplier);
    }
}
