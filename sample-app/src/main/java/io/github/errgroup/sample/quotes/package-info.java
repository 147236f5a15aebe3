/** The storefront: a quote asks four suppliers at once, and the first failure ends it. */
@NullMarked
package io.github.errgroup.sample.quotes;

import org.jspecify.annotations.NullMarked;
