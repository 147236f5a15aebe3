package io.github.errgroup.distributed;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A task that heeds no interrupt.
 *
 * @param sku what it asks the price of, again after an interrupt
 */
record Deaf(String sku) implements Callable<Long>, Serializable {
    @Override
    public Long call() throws Exception {
        while (true) {
            try {
                return SupplierClient.find(sku);
            } catch (InterruptedException e) {
                Thread.onSpinWait();
            }
        }
    }
}
