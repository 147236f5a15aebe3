/**
 * Random programs of group operations, run against a sequential model of the contract. A {@code Program} is a
 * {@code Setting} and {@code Step}s; an {@code Execution} takes each step on a real group and on the {@code Model}, waits
 * until the group is where the model says, and fails if it never gets there. Every task waits at a gate of its own, so the
 * order of events is the program's and the model needs no guess.
 *
 * <p>A {@code Storm} is the other way round: several threads use one group at once, in whatever order, and a {@code StormRun}
 * checks only what holds in each: that the counts add up, that no limit is passed and no slot lost, that each task is told
 * as it ended, and that every thread comes back.
 */
@NullMarked
package io.github.errgroup.model;

import org.jspecify.annotations.NullMarked;
