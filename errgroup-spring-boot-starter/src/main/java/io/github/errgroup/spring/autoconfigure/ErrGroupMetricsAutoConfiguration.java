package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.micrometer.ErrGroupMeter;
import io.github.errgroup.spring.micrometer.NamedGroupMeters;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of groups, as {@link ErrGroupMeter} lists them, in the
 * application's {@link MeterRegistry}; off with {@code errgroup.metrics.enabled=false}. Backs off where a bean is named
 * {@code errGroupMeters}.
 */
@AutoConfiguration(
        after = ErrGroupAutoConfiguration.class,
        // Boot 4 and, below, Boot 3.5
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.metrics.MetricsAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(value = ErrGroupRegistry.class, search = SearchStrategy.CURRENT)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "errgroup.metrics.enabled", matchIfMissing = true)
public final class ErrGroupMetricsAutoConfiguration {

    ErrGroupMetricsAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(name = "errGroupMeters", search = SearchStrategy.CURRENT)
    NamedGroupMeters errGroupMeters(MeterRegistry meters, ErrGroupRegistry groups) {
        return new NamedGroupMeters(meters, groups);
    }
}
