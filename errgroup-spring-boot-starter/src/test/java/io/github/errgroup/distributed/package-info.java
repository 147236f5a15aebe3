/** A group's tasks in other JVMs: what the page on distributed tasks shows and promises. */
@NullMarked
package io.github.errgroup.distributed;

import org.jspecify.annotations.NullMarked;
