package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.ClusterLimits;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.cluster.RedisClusterLimits;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for limits over all instances ({@code errgroup.groups.<name>.cluster-limit}),
 * where there is a {@link StringRedisTemplate}. Without such a property it does nothing.
 */
@AutoConfiguration(
        after = ErrGroupAutoConfiguration.class,
        // Boot 4 and, below, Boot 3.5
        afterName = {
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
            "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration"
        })
@ConditionalOnClass(StringRedisTemplate.class)
@ConditionalOnBean(value = ErrGroupRegistry.class, search = SearchStrategy.CURRENT)
@ConditionalOnSingleCandidate(StringRedisTemplate.class)
public final class ErrGroupClusterAutoConfiguration {
    private static final Duration LEAST_LEASE = Duration.ofMillis(100);

    private static final Duration MOST_LEASE = Duration.ofHours(1);

    ErrGroupClusterAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(value = ClusterLimits.class, search = SearchStrategy.CURRENT)
    RedisClusterLimits errGroupClusterLimits(
            ErrGroupRegistry registry,
            StringRedisTemplate redis,
            ErrGroupProperties properties,
            Environment environment) {
        ErrGroupProperties.Cluster cluster = properties.cluster();
        Duration lease = cluster.lease();
        if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(MOST_LEASE) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    ErrGroupProperties.PREFIX + ".cluster.lease",
                    lease,
                    "must be at least " + LEAST_LEASE.toMillis() + "ms and at most " + MOST_LEASE.toHours() + "h");
        }
        String prefix = cluster.keyPrefix() != null
                ? cluster.keyPrefix()
                : "errgroup:" + environment.getProperty("spring.application.name", "application") + ":";
        RedisClusterLimits limits = new RedisClusterLimits(
                registry, redis, lease, prefix, cluster.withoutRedis() == ErrGroupProperties.WithoutRedis.LOCAL);
        limits.start();
        return limits;
    }
}
