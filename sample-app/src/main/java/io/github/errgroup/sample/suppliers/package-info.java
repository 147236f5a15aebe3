/**
 * The four suppliers a quote is made from, played by an HTTP server of their own on loopback. Nothing outside this
 * package knows that they are not somebody else's machines: all it gets is a base URL.
 */
@NullMarked
package io.github.errgroup.sample.suppliers;

import org.jspecify.annotations.NullMarked;
