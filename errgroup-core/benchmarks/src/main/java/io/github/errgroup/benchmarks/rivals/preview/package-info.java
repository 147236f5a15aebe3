/**
 * Rivals that use {@code StructuredTaskScope} as JDK 25 previews it, or a library that does: compiled on that JDK alone, and
 * known to {@link io.github.errgroup.benchmarks.rivals.Rivals} by name.
 */
@NullMarked
package io.github.errgroup.benchmarks.rivals.preview;

import org.jspecify.annotations.NullMarked;
