package io.github.errgroup.distributed;

import java.io.IOException;
import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A task that asks for a price, and fails with an IOException all the same.
 *
 * @param sku what it asks the price of
 */
record Breaks(String sku) implements Callable<Long>, Serializable {
    @Override
    public Long call() throws Exception {
        throw new IOException(sku + " is " + SupplierClient.find(sku));
    }
}
