package io.github.errgroup.sample.suppliers;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a supplier behaves.
 *
 * @param delay how long it takes to answer, from zero to {@link #MAX_DELAY}
 * @param failureRate the part of its answers that are a 503, from 0 to 1
 * @param straggler whether the storefront calls it in a way that ignores cancellation, as {@code CompletableFuture.join()}
 *     does: the end of the group then waits for its answer
 */
public record SupplierBehaviour(
        @DefaultValue("50ms") Duration delay,
        @DefaultValue("0") double failureRate,
        @DefaultValue("false") boolean straggler) {

    /** The longest delay: a played supplier must not hold a request for ever. */
    public static final Duration MAX_DELAY = Duration.ofSeconds(60);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value breaks its rule; the message has name, value and rule
     */
    public SupplierBehaviour {
        if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
            throw new IllegalArgumentException("delay " + delay + ": must be from PT0S to " + MAX_DELAY);
        }
        if (!(failureRate >= 0 && failureRate <= 1)) {
            throw new IllegalArgumentException("failureRate " + failureRate + ": must be from 0 to 1");
        }
    }
}
