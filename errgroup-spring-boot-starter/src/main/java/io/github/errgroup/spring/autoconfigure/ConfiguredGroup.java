package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroupOptions;

/**
 * What properties and customizers made of one name.
 *
 * @param options what its groups are opened with
 * @param executor where their tasks run, in words; see {@link ErrGroupSettings#executor()}
 */
record ConfiguredGroup(ErrGroupOptions options, String executor) {}
