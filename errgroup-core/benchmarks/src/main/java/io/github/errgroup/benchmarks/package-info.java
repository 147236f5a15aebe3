/**
 * What a group costs, against what a user would write by hand. A
 * {@linkplain io.github.errgroup.benchmarks.Scenario scenario} is run by every
 * {@linkplain io.github.errgroup.benchmarks.rivals.Rival rival} that can, in JVMs of its own;
 * {@link io.github.errgroup.benchmarks.Measure} collects the figures, {@link io.github.errgroup.benchmarks.Guard} takes
 * a few of them as a test.
 */
@NullMarked
package io.github.errgroup.benchmarks;

import org.jspecify.annotations.NullMarked;
