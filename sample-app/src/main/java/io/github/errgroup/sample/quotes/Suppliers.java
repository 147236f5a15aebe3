package io.github.errgroup.sample.quotes;

import io.github.errgroup.sample.quotes.Quote.Price;
import io.github.errgroup.sample.quotes.Quote.Reviews;
import io.github.errgroup.sample.quotes.Quote.Shipping;
import io.github.errgroup.sample.quotes.Quote.Stock;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.service.annotation.GetExchange;

/**
 * The four suppliers, asked over HTTP. Each method blocks until the supplier has answered; it throws an
 * {@link UnknownSkuException} if the supplier does not know the product, and a
 * {@link org.springframework.web.client.RestClientException} if it answered with another error, could not be reached, or
 * the calling thread was interrupted. Thread-safe.
 */
public interface Suppliers {
    /**
     * Asks what a product costs.
     *
     * @param sku the product's key
     * @return its price
     */
    @GetExchange("/price/{sku}")
    Price price(@PathVariable String sku);

    /**
     * Asks how many there are.
     *
     * @param sku the product's key
     * @return its stock
     */
    @GetExchange("/stock/{sku}")
    Stock stock(@PathVariable String sku);

    /**
     * Asks what customers think.
     *
     * @param sku the product's key
     * @return its reviews
     */
    @GetExchange("/reviews/{sku}")
    Reviews reviews(@PathVariable String sku);

    /**
     * Asks how soon it arrives.
     *
     * @param sku the product's key
     * @return its shipping
     */
    @GetExchange("/shipping/{sku}")
    Shipping shipping(@PathVariable String sku);
}
