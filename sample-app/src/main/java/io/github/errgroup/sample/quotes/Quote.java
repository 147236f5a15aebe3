package io.github.errgroup.sample.quotes;

import java.math.BigDecimal;

/**
 * What a customer is told about a product.
 *
 * @param sku the product's key
 * @param price from the price supplier
 * @param stock from the stock supplier
 * @param reviews from the reviews supplier
 * @param shipping from the shipping supplier
 */
public record Quote(String sku, Price price, Stock stock, Reviews reviews, Shipping shipping) {
    /**
     * What it costs.
     *
     * @param amount in the currency's major unit
     * @param currency ISO 4217
     */
    public record Price(BigDecimal amount, String currency) {}

    /**
     * How many there are.
     *
     * @param available pieces
     */
    public record Stock(int available) {}

    /**
     * What customers think.
     *
     * @param rating from 1.0 to 5.0
     * @param count how many customers
     */
    public record Reviews(BigDecimal rating, int count) {}

    /**
     * How soon it arrives.
     *
     * @param days from the order
     */
    public record Shipping(int days) {}
}
