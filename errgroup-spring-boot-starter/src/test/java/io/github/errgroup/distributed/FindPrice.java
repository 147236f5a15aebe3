package io.github.errgroup.distributed;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Finds a price on whichever member it is sent to, in a group of its own there, which has the caller's deadline.
 *
 * @param sku what to find the price of
 * @param left the time that the caller has left
 */
record FindPrice(String sku, Duration left) implements Callable<Long>, Serializable {
    @Override
    public Long call() throws Exception {
        Duration timeout = left.plusMillis(200); // while the caller lives, it is the caller that cancels
        try (ErrGroup group = ErrGroup.open(o -> o.name("price over there").timeout(timeout))) {
            Subtask<Long> price = group.go(sku, () -> SupplierClient.find(sku));
            group.await();
            return price.get();
        }
    }
}
