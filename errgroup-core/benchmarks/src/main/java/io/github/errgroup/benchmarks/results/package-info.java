/** What was measured: figures, their medians and ratios, and the targets that they must meet. */
@NullMarked
package io.github.errgroup.benchmarks.results;

import org.jspecify.annotations.NullMarked;
