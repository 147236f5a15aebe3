package io.github.errgroup.sample.suppliers;

import java.net.URI;

/**
 * Where the suppliers are.
 *
 * @param baseUrl to which {@code /<supplier>/<sku>} is added
 */
public record SupplierAddress(URI baseUrl) {}
