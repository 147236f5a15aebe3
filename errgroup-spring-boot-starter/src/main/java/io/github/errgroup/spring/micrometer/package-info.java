/**
 * What groups report of themselves through Micrometer: one listener that counts and times, one that makes an
 * observation of each group, and the list of the meters.
 *
 * <p>Both are plugged into groups by the starter, one listener of each kind for every name that groups are accounted
 * under. Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe.
 */
@NullMarked
package io.github.errgroup.spring.micrometer;

import org.jspecify.annotations.NullMarked;
