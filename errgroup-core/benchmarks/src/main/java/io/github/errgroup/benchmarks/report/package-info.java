/**
 * From the figures of all runs to what the page on benchmarks shows: medians and ratios, the targets and whether they are
 * met, tables and pictures.
 */
@NullMarked
package io.github.errgroup.benchmarks.report;

import org.jspecify.annotations.NullMarked;
