/** The storefront: a quote is made from four suppliers, asked at once, failing fast. */
@NullMarked
package io.github.errgroup.sample.quotes;

import org.jspecify.annotations.NullMarked;
