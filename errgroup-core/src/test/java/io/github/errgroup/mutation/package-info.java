/** What mutation tests leave: the mutants that no test notices, held against the page that says why. */
@NullMarked
package io.github.errgroup.mutation;

import org.jspecify.annotations.NullMarked;
