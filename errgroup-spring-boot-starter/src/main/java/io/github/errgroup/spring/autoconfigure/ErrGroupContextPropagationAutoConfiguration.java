package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ContextPropagator;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.io.ResourceLoader;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for thread-bound context in tasks, carried with
 * io.micrometer:context-propagation. Carried is what the application's {@link ContextSnapshotFactory} captures, or, without
 * such a bean, what every accessor in the JVM's registry reads; and what the accessors of Spring and SLF4J read that are in
 * no registry: request attributes, locale, MDC.
 */
@AutoConfiguration
@ConditionalOnClass(ContextSnapshotFactory.class)
@ConditionalOnBooleanProperty(name = "errgroup.context-propagation.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ErrGroupProperties.class)
public final class ErrGroupContextPropagationAutoConfiguration {
    ErrGroupContextPropagationAutoConfiguration() {}

    /** A fallback, so that a propagator that the application has in a parent context holds here too. */
    @Bean
    @Fallback
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    ContextPropagator errGroupContextPropagator(
            ObjectProvider<ContextSnapshotFactory> factories,
            ErrGroupProperties properties,
            ResourceLoader resourceLoader) {
        ContextRegistry registered = ContextRegistry.getInstance();
        AddedAccessors added = AddedAccessors.besides(
                registered.getThreadLocalAccessors(),
                properties.contextPropagation().mdcKeys(),
                resourceLoader.getClassLoader());
        return new SnapshotPropagator(factories.getIfAvailable(() -> snapshots(registered)), added);
    }

    /**
     * What the caller does not have is cleared for the task: a pool's thread may have it left over from someone else.
     */
    private static ContextSnapshotFactory snapshots(ContextRegistry registry) {
        return ContextSnapshotFactory.builder()
                .contextRegistry(registry)
                .clearMissing(true)
                .build();
    }
}
