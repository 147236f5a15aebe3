/**
 * The contract of the engine as tests. Each test's name begins with the rule it holds: G for Go's own behaviour, J for
 * what the JVM makes necessary, N for what is new.
 *
 * <p>Classes that extend {@link io.github.errgroup.contract.GroupContract} are run once in every
 * {@linkplain io.github.errgroup.contract.Workplace workplace}; the others hold rules that belong to one of them. Tests
 * are ordered by {@linkplain io.github.errgroup.contract.Gate gates}, never by sleeping.
 */
@NullMarked
package io.github.errgroup.contract;

import org.jspecify.annotations.NullMarked;
