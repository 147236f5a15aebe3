/**
 * What only the demonstration needs, and your application would not have: the runs that the page shows (a group with a
 * listener that records its events), a file that arrives slowly, and suppliers that ignore cancellation.
 */
@NullMarked
package io.github.errgroup.sample.demo;

import org.jspecify.annotations.NullMarked;
