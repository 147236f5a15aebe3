/**
 * The fetcher: many URLs at once, within a limit. The URLs come from outside. So every address is checked after its name was
 * resolved, and the client connects to the address that was checked.
 */
@NullMarked
package io.github.errgroup.sample.fetches;

import org.jspecify.annotations.NullMarked;
