/** The sample application: what a service built on errgroup looks like. Each package is one scenario. */
@NullMarked
package io.github.errgroup.sample;

import org.jspecify.annotations.NullMarked;
