package io.github.errgroup.sample.suppliers;

import java.math.BigDecimal;

/**
 * What the suppliers know about one product.
 *
 * @param sku its key
 * @param name what a customer calls it
 * @param price in euro
 * @param stock how many are on the shelf
 * @param rating from 1.0 to 5.0
 * @param reviews how many customers rated it
 * @param shippingDays days until it arrives
 */
public record Product(
        String sku, String name, BigDecimal price, int stock, BigDecimal rating, int reviews, int shippingDays) {}
