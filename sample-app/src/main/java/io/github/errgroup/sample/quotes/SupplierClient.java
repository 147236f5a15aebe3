package io.github.errgroup.sample.quotes;

import io.github.errgroup.sample.suppliers.Supplier;

/** Asks one supplier over HTTP. Blocks until it has answered; thread-safe. */
public interface SupplierClient {
    /**
     * Asks.
     *
     * @param supplier whom
     * @param sku about which product
     * @param type of its answer
     * @param <T> of its answer
     * @return its answer
     * @throws UnknownSkuException if it does not know the product
     * @throws org.springframework.web.client.RestClientException if it could not be asked, was interrupted, or answered
     *     with an error
     */
    <T> T ask(Supplier supplier, String sku, Class<T> type);
}
