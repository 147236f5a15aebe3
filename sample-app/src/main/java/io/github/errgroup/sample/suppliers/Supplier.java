package io.github.errgroup.sample.suppliers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The suppliers. */
public enum Supplier {
    /** What it costs. */
    PRICE,
    /** How many there are. */
    STOCK,
    /** What customers think. */
    REVIEWS,
    /** How soon it arrives. */
    SHIPPING;

    /**
     * The name in URLs, in messages and of the task that asks.
     *
     * @return the name in lower case
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The supplier of a name.
     *
     * @param id as {@link #id()} gives it
     * @return empty if there is none
     */
    public static Optional<Supplier> of(String id) {
        return Arrays.stream(values())
                .filter(supplier -> supplier.id().equals(id))
                .findFirst();
    }
}
