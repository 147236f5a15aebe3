/** The showcase: a service that uses errgroup as yours would. Its README says what to read for which question. */
@NullMarked
package io.github.errgroup.sample;

import org.jspecify.annotations.NullMarked;
