package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import io.github.errgroup.spring.ClusterLimits;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.ErrGroupShutdown;
import io.github.errgroup.spring.GroupProperties;
import io.github.errgroup.spring.GroupTemplates;
import io.github.errgroup.spring.NamedGroupListeners;
import io.github.errgroup.spring.autoconfigure.ErrGroupTestSliceAutoConfiguration.TestSlice;
import java.time.Duration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import reactor.core.scheduler.Schedulers;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for groups: {@link ErrGroups}, prototype {@link ErrGroup}s, and what they
 * are made of. The bean {@code errGroups} is made only if the application has no {@link ErrGroups} in the same context, and
 * {@code errGroup} only if it has no {@link ErrGroup} there. A child context has a whole set of its own, with its own settings,
 * live groups and shutdown, whatever its parent has; from the parent come only the properties, customizers, listeners and the
 * propagator that the application made.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration",
            "io.github.errgroup.spring.autoconfigure.ErrGroupContextPropagationAutoConfiguration"
        })
@EnableConfigurationProperties(ErrGroupProperties.class)
@Import(NamedErrGroupsRegistrar.class)
public final class ErrGroupAutoConfiguration {
    static final String PROTOTYPES = "errGroupPrototypes";

    private static final Duration SPRINGS_PHASE_TIMEOUT = Duration.ofSeconds(30);

    private static final String GRACE_PERIOD = ErrGroupProperties.PREFIX + ".shutdown.grace-period";

    private static final Log logger = LogFactory.getLog(ErrGroupAutoConfiguration.class);

    ErrGroupAutoConfiguration() {}

    /** A wrong property stops the start, not the first request, in a lazy application too. */
    @Bean
    static LazyInitializationExcludeFilter errGroupsAreNotLazy() {
        return LazyInitializationExcludeFilter.forBeanTypes(
                ErrGroupRegistry.class, GroupTemplates.class, ErrGroupShutdown.class, ErrGroupShutdown.Step.class);
    }

    @Bean
    static SharedOwners errGroupSharedOwners() {
        return new SharedOwners();
    }

    @Bean(destroyMethod = "endLeakWatch")
    ErrGroupRegistry errGroupRegistry(
            ErrGroupProperties properties,
            ListableBeanFactory beans,
            Environment environment,
            ApplicationContext context,
            ObjectProvider<ContextPropagator> propagator,
            ObjectProvider<ErrGroupCustomizer> customizers,
            ObjectProvider<TestSlice> testSlice) {
        ApplicationContext parent = context.getParent();
        UnknownProperties.warn(environment, parent == null ? null : parent.getEnvironment());
        ConfiguredGroups groups = new ConfiguredGroups(
                properties,
                new TaskPlaces(beans, environment, testSlice.getIfAvailable() != null),
                propagator.getIfAvailable(),
                waitGuard(context.getClassLoader()),
                customizers.orderedStream().toList(),
                testSlice.getIfAvailable() != null);
        return new ErrGroupRegistry(groups.names(), groups, properties.leak().threshold(), context.getClassLoader());
    }

    private static @Nullable Runnable waitGuard(@Nullable ClassLoader classLoader) {
        return ClassUtils.isPresent("reactor.core.scheduler.Schedulers", classLoader) ? new NonBlockingThreads() : null;
    }

    @Bean
    GroupTemplates errGroupTemplates(
            ErrGroupRegistry registry,
            ConfigurableListableBeanFactory beans,
            ObjectProvider<NamedGroupListeners> named,
            ObjectProvider<GroupListener.Factory> listeners,
            ObjectProvider<ClusterLimits> clusterLimits) {
        registry.configuredClusterLimits().forEach((name, limit) -> {
            ClusterLimits keeper = clusterLimits.getIfAvailable();
            if (keeper == null) {
                throw new InvalidConfigurationPropertyValueException(
                        GroupProperties.prefixOf(name) + ".cluster-limit",
                        limit,
                        "needs a StringRedisTemplate bean, and there is none: add spring-boot-starter-data-redis and set"
                                + " spring.data.redis.*");
            }
        });
        clusterLimits.ifAvailable(registry::join);
        return new GroupTemplates(registry, named, listeners, beans);
    }

    /** Primary, since the application may have another in a parent context. */
    @Bean
    @Primary
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    ErrGroups errGroups(GroupTemplates templates) {
        return templates.errGroups();
    }

    @Bean(PROTOTYPES)
    ErrGroupPrototypes errGroupPrototypes(
            GroupTemplates templates, SharedOwners owners, ErrGroupProperties properties) {
        return new ErrGroupPrototypes(templates, owners, properties.singletonUse());
    }

    @Bean(destroyMethod = "")
    @Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
    @Primary
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    ErrGroup errGroup(ErrGroupPrototypes prototypes) {
        return prototypes.create(ErrGroupRegistry.DEFAULT_NAME);
    }

    @Bean
    ErrGroupShutdown errGroupShutdown(
            ErrGroupRegistry registry, ErrGroupProperties properties, ConfigurableEnvironment environment) {
        Duration phaseTimeout = Binder.get(environment)
                .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                .orElse(SPRINGS_PHASE_TIMEOUT);
        Duration gracePeriod = properties.shutdown().gracePeriod();
        if (gracePeriod.compareTo(phaseTimeout) >= 0) {
            logger.warn(GRACE_PERIOD + " " + gracePeriod.toMillis() + "ms (" + origin(GRACE_PERIOD, environment)
                    + "): must be below spring.lifecycle.timeout-per-shutdown-phase (" + phaseTimeout.toMillis()
                    + "ms): Spring goes on with the shutdown while groups are still open");
        }
        return new ErrGroupShutdown(registry, gracePeriod, properties.shutdown().cancelAfter(), phaseTimeout);
    }

    /** Where a property's value comes from, for a warning. */
    private static String origin(String property, ConfigurableEnvironment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.from(environment.getPropertySources())) {
            ConfigurationProperty found = source.getConfigurationProperty(ConfigurationPropertyName.of(property));
            if (found != null) {
                return "from " + (found.getOrigin() != null ? found.getOrigin() : found.getSource());
            }
        }
        return "its default";
    }

    @Bean
    ErrGroupShutdown.Step errGroupShutdownBegin(ErrGroupShutdown shutdown) {
        return shutdown.beginning();
    }

    @Bean
    ErrGroupShutdown.Step errGroupShutdownOfRequests(ErrGroupShutdown shutdown) {
        return shutdown.endOfRequests();
    }

    /** Refuses to block a thread that Reactor says must not block, an event loop's for one. */
    private static final class NonBlockingThreads implements Runnable {
        @Override
        public void run() {
            if (Schedulers.isInNonBlockingThread()) {
                throw new IllegalStateException(
                        "A group would block " + Thread.currentThread().getName()
                                + ", a Reactor thread that must not block, and every request that it serves. Open, use and await the"
                                + " group in Mono.fromCallable(() -> ...).subscribeOn(Schedulers.boundedElastic()), or in a"
                                + " controller method that Spring runs on a blocking executor");
            }
        }
    }
}
