/** An application as a user has it, for tests of test slices. */
package io.github.errgroup.slice;
