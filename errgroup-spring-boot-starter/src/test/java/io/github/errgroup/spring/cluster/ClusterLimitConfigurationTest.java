package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.ClusterLimit;
import io.github.errgroup.spring.ClusterLimits;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint;
import io.github.errgroup.spring.actuate.endpoint.GroupTotals;
import io.github.errgroup.spring.autoconfigure.Contexts;
import io.github.errgroup.spring.autoconfigure.ErrGroupClusterAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupMetricsAutoConfiguration;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** N14 as properties have it: what starts, what does not, and what a name with a cluster limit shows. */
@Timeout(60)
class ClusterLimitConfigurationTest {
    private static final String LIMIT = "errgroup.groups.supplier.cluster-limit=4";

    private final ApplicationContextRunner withoutRedis =
            Contexts.wired().withConfiguration(AutoConfigurations.of(ErrGroupClusterAutoConfiguration.class));

    private final ApplicationContextRunner withRedis =
            withoutRedis.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class));

    @Test
    void N14_without_groups_there_are_no_limits_of_theirs() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(DataRedisAutoConfiguration.class, ErrGroupClusterAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(StringRedisTemplate.class)
                        .doesNotHaveBean(ClusterLimits.class));
    }

    @Test
    void N14_a_cluster_limit_without_a_redis_template_stops_the_start_and_says_what_is_missing() {
        withoutRedis
                .withPropertyValues(LIMIT)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                        .hasMessageContaining("errgroup.groups.supplier.cluster-limit")
                        .hasMessageContaining("StringRedisTemplate"));
    }

    @Test
    void nothing_of_redis_is_needed_where_there_is_no_cluster_limit() {
        withoutRedis
                .withClassLoader(new FilteredClassLoader("org.springframework.data.redis"))
                .withPropertyValues("errgroup.groups.supplier.cluster-limit=-1")
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(RedisClusterLimits.class);
                    assertThat(context.getBean(ErrGroupRegistry.class).clusterLimit("supplier"))
                            .isNull();
                });
    }

    @Test
    void where_redis_is_there_and_no_cluster_limit_nothing_runs() {
        withRedis.run(
                context -> assertThat(context.getBean(RedisClusterLimits.class).isRunning())
                        .isFalse());
    }

    /** After an outage the next try comes as late as the outage was long, or after 30 s, unless that is changed. */
    @Test
    void N14_lettuce_looks_for_a_redis_that_is_back_as_soon_as_the_customizer_of_the_page_says() {
        withRedis.run(
                context -> assertThat(delays(context)).containsExactly(Duration.ofMillis(512), Duration.ofSeconds(30)));
        withRedis
                .withUserConfiguration(PromptReconnect.class)
                .run(context -> assertThat(delays(context)).containsOnly(Duration.ofMillis(500)));
    }

    private static List<Duration> delays(ApplicationContext context) {
        Delay delay = context.getBean(ClientResources.class).reconnectDelay();
        return List.of(delay.createDelay(10), delay.createDelay(100));
    }

    @Configuration(proxyBeanMethods = false)
    static class PromptReconnect {
        @Bean
        ClientResourcesBuilderCustomizer promptReconnect() {
            return resources -> resources.reconnectDelay(Delay.constant(Duration.ofMillis(500)));
        }
    }

    @Test
    void values_that_break_their_rule_stop_the_start() {
        refused("errgroup.groups.supplier.cluster-limit=0", "errgroup.groups.supplier.cluster-limit", "above 0");
        refused("errgroup.cluster.lease=99ms", "errgroup.cluster.lease", "at least 100ms");
        refused("errgroup.cluster.without-redis=local", "errgroup.cluster.without-redis", "supplier.shared-limit");
    }

    private void refused(String property, String name, String rule) {
        withRedis
                .withPropertyValues(LIMIT, property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining(rule));
    }

    @Test
    void N14_without_a_redis_that_answers_the_shared_limit_holds_if_that_is_chosen() {
        withRedis
                .withPropertyValues(
                        LIMIT,
                        "errgroup.groups.supplier.shared-limit=2",
                        "errgroup.cluster.without-redis=local",
                        "spring.data.redis.port=1")
                .run(context -> {
                    try (ErrGroup group = context.getBean(ErrGroups.class).open("supplier")) {
                        Subtask<String> task = group.go(() -> "called");
                        group.await();
                        assertThat(task.get()).isEqualTo("called");
                    }
                    assertThat(cluster(context.getBean(ErrGroupRegistry.class)).share())
                            .isEqualTo(2);
                });
    }

    private static ClusterLimit cluster(ErrGroupRegistry registry) {
        return Objects.requireNonNull(registry.clusterLimit("supplier"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void N14_a_name_with_a_cluster_limit_runs_shows_its_share_and_is_retuned(String client) throws Exception {
        Assumptions.assumeTrue(RedisServer.isInstalled(), "no redis-server on the PATH");
        try (RedisServer redis = RedisServer.start()) {
            withRedis
                    .withConfiguration(AutoConfigurations.of(ErrGroupMetricsAutoConfiguration.class))
                    .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                    .withPropertyValues(
                            LIMIT,
                            "errgroup.cluster.lease=300ms",
                            "spring.data.redis.port=" + redis.port,
                            "spring.data.redis.client-type=" + client,
                            "spring.application.name=shop")
                    .run(context -> {
                        assertThat(context.getBean(RedisConnectionFactory.class)
                                        .getClass()
                                        .getSimpleName())
                                .isEqualToIgnoringCase(client + "ConnectionFactory");
                        ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                        try (ErrGroup group = context.getBean(ErrGroups.class).open("supplier")) {
                            for (int k = 0; k < 20; k++) {
                                group.go(() -> {});
                            }
                            group.await();
                        }
                        ClusterLimit cluster = cluster(registry);
                        assertThat(cluster.limit()).isEqualTo(4);
                        assertThat(cluster.share()).isBetween(0, 4);
                        Duration age = cluster.leaseAge();
                        assertThat(age == null || age.compareTo(Duration.ofMillis(300)) <= 0)
                                .as("%s is null where the lease was just over, or within it", age)
                                .isTrue();
                        MeterRegistry meters = context.getBean(MeterRegistry.class);
                        assertThat(meters.get("errgroup.limit")
                                        .tag("group", "supplier")
                                        .tag("scope", "cluster")
                                        .gauge()
                                        .value())
                                .isEqualTo(4);
                        assertThat(meters.find("errgroup.cluster.share").gauge())
                                .isNotNull();
                        assertThat(meters.find("errgroup.cluster.lease.age").gauges())
                                .hasSize(1);
                        ErrGroupsEndpoint endpoint =
                                new ErrGroupsEndpoint(registry, new GroupTotals(registry::knownName));
                        assertThat(Objects.requireNonNull(endpoint.one("supplier"))
                                        .settings())
                                .containsKeys("cluster-limit", "cluster-share");
                        registry.override("supplier", null, null, 7, null);
                        awaitLimit(cluster, 7);
                        assertThat(Objects.requireNonNull(endpoint.one("supplier"))
                                        .settings())
                                .hasEntrySatisfying(
                                        "overridden",
                                        value -> assertThat(value.toString()).contains("cluster-limit"));
                        StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
                        assertThat(template.opsForHash().get("errgroup:shop:supplier", "limit"))
                                .isEqualTo("7");
                        registry.dropOverride("supplier");
                        awaitLimit(cluster, 4);
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> registry.override("default", null, null, 7, null))
                                .withMessageContaining("cluster-limit is not set");
                        context.getBean(RedisClusterLimits.class).close();
                        assertThat(template.opsForHash().keys("errgroup:shop:supplier"))
                                .noneMatch(field -> field.toString().startsWith("i:"));
                    });
        }
    }

    private static void awaitLimit(ClusterLimit cluster, int limit) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(cluster.limit()).isEqualTo(limit));
    }
}
