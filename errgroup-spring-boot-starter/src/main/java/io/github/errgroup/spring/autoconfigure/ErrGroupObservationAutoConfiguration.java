package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.NamedGroupListeners;
import io.github.errgroup.spring.micrometer.ErrGroupObservationConvention;
import io.github.errgroup.spring.micrometer.GroupObservations;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for an observation of each group, {@code errgroup.group.observation}, where
 * {@code errgroup.observations.enabled=true}; off unless asked for, since an observation costs more than all meters
 * together. An {@link ErrGroupObservationConvention} bean names it and its tags. Backs off where a bean is named
 * {@code errGroupObservations}.
 */
@AutoConfiguration(
        after = ErrGroupAutoConfiguration.class,
        // Boot 4 and, below, Boot 3.5
        afterName = {
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration"
        })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnSingleCandidate(ObservationRegistry.class)
@ConditionalOnBooleanProperty("errgroup.observations.enabled")
public final class ErrGroupObservationAutoConfiguration {

    ErrGroupObservationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "errGroupObservations", search = SearchStrategy.CURRENT)
    NamedGroupListeners errGroupObservations(
            ObservationRegistry observations, ObjectProvider<ErrGroupObservationConvention> convention) {
        return GroupObservations.listeners(observations, convention.getIfAvailable());
    }
}
