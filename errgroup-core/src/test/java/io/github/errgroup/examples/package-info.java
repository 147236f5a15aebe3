/**
 * Examples of the pages, as a user of the library would write them: only the public API, from a package of its own.
 * A block below {@code <!-- from ClassName.java -->} is a piece of the class of that name here.
 */
@NullMarked
package io.github.errgroup.examples;

import org.jspecify.annotations.NullMarked;
