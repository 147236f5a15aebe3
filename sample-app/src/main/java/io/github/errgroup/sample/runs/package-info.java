/**
 * Runs to be watched on the page: a scenario's group is opened with a listener that keeps what happens, and the page
 * reads it as a stream of events.
 */
@NullMarked
package io.github.errgroup.sample.runs;

import org.jspecify.annotations.NullMarked;
