/** The embedded database, in a directory that only this application's user can write. */
@NullMarked
package io.github.errgroup.sample.database;

import org.jspecify.annotations.NullMarked;
