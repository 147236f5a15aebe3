/**
 * The four suppliers, played by a second HTTP server on loopback. The storefront gets only a base URL, as if the suppliers
 * were other machines.
 */
@NullMarked
package io.github.errgroup.sample.suppliers;

import org.jspecify.annotations.NullMarked;
