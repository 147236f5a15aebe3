/**
 * What groups report of themselves through Micrometer: one listener that counts and times, one that makes an
 * observation of each group, the list of the meters, and the convention that names the observation.
 *
 * <p>Both are plugged into groups by the starter: one of each kind for every name that groups are accounted under, which
 * makes a listener of each group as it opens. Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe.
 */
@NullMarked
package io.github.errgroup.spring.micrometer;

import org.jspecify.annotations.NullMarked;
