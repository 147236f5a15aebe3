/**
 * How the interleaving tests are run and proved: {@link io.github.errgroup.interleavings.Prove} runs each on the engine
 * as it is, where it must pass, and on the engine with each {@link io.github.errgroup.interleavings.SeededFault} beside
 * it, where it must fail. The tests themselves are in the engine's package, for they drive its parts.
 */
package io.github.errgroup.interleavings;
