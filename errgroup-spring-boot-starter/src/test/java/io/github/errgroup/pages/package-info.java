/**
 * The pages of the project (README and everything below {@code docs}) held against the code: every block of code compiles,
 * binds or parses, every link leads somewhere, every table lists what there is. They are all checked here, those of the
 * core too, because this module has both modules on its class path.
 */
@NullMarked
package io.github.errgroup.pages;

import org.jspecify.annotations.NullMarked;
