/**
 * Ways to run many tasks and wait for all of them: ours, and those a user would take instead. Each
 * {@linkplain io.github.errgroup.benchmarks.rivals.Rival rival} does the same work, written as its own manual teaches.
 */
@NullMarked
package io.github.errgroup.benchmarks.rivals;

import org.jspecify.annotations.NullMarked;
