package io.github.errgroup.spring.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observation of a group and its tags. A bean of this type takes the place of
 * {@link DefaultErrGroupObservationConvention}, which is made to be extended.
 */
public interface ErrGroupObservationConvention extends ObservationConvention<ErrGroupObservationContext> {
    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof ErrGroupObservationContext;
    }
}
