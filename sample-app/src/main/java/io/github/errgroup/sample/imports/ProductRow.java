package io.github.errgroup.sample.imports;

import java.math.BigDecimal;

/**
 * A row that keeps the rules.
 *
 * @param sku the product's key
 * @param name what a customer calls it
 * @param price in euro
 * @param stock pieces
 */
record ProductRow(String sku, String name, BigDecimal price, int stock) {}
