/**
 * The README's examples, as a user of the library would write them: only the public API, from a package of its own.
 * Each block of the README that begins with {@code // example: <ClassName>} is a piece of the class of that name here.
 */
@NullMarked
package io.github.errgroup.examples;

import org.jspecify.annotations.NullMarked;
