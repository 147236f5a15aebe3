package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.github.errgroup.spring.actuate.endpoint.ActuatorClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What an operator posts and deletes over HTTP, at instances of one application that share a Redis. */
@Timeout(120)
class ClusterLimitEndpointTest {
    private static final Duration LEASE = Duration.ofMillis(300);

    /** An instance that has heard of its share hears no more of Redis while a test runs. */
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);

    private static final String PATH = "errgroups/supplier";

    private static final int CONFIGURED = 4;

    private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

    private RedisServer redis;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @BeforeEach
    void startRedis() throws Exception {
        Assumptions.assumeTrue(RedisServer.isInstalled(), "no redis-server on the PATH");
        redis = RedisServer.start();
    }

    @AfterEach
    void stopAll() {
        instances.forEach(ConfigurableApplicationContext::close);
        if (redis != null) {
            redis.close();
        }
    }

    private ActuatorClient instance(Duration lease) {
        return instance(lease, Duration.ofSeconds(30));
    }

    private ActuatorClient instance(Duration lease, Duration timeout) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .run(
                        "--server.port=0",
                        "--spring.application.name=shop",
                        "--spring.data.redis.port=" + redis.port,
                        "--spring.data.redis.timeout=" + timeout,
                        "--management.endpoints.web.exposure.include=errgroups",
                        "--management.endpoint.errgroups.access=unrestricted",
                        "--errgroup.cluster.lease=" + lease,
                        "--errgroup.groups.supplier.limit=8",
                        "--errgroup.groups.supplier.cluster-limit=" + CONFIGURED);
        instances.add(context);
        ActuatorClient client =
                new ActuatorClient(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> settings(client).containsKey("cluster-lease-age"));
        return client;
    }

    @Test
    void N14_a_limit_that_is_posted_to_one_instance_holds_in_all_until_it_is_deleted_at_any() throws Exception {
        ActuatorClient one = instance(LEASE);
        ActuatorClient other = instance(LEASE);

        assertAnswers(one.post(PATH, "{\"cluster-limit\": 7}"), 7, true);

        awaitLimit(other, 7, true);
        awaitLimit(one, 7, true);

        assertAnswers(other.delete(PATH), CONFIGURED, false);

        awaitLimit(one, CONFIGURED, false);
        awaitLimit(other, CONFIGURED, false);
    }

    @Test
    void N14_a_limit_that_was_posted_a_moment_ago_is_shown_and_can_be_deleted() throws Exception {
        ActuatorClient one = instance(LONGEST_LEASE);

        assertAnswers(one.post(PATH, "{\"cluster-limit\": 7}"), 7, true);
        assertThat(postedLimit()).contains("7");
        assertThat(settings(one)).containsEntry("cluster-limit", 7);

        assertAnswers(one.delete(PATH), CONFIGURED, false);
        assertThat(postedLimit()).isEqualTo("$-1\r\n");
        assertThat(settings(one)).containsEntry("cluster-limit", CONFIGURED);
    }

    @Test
    void N14_an_instance_that_has_not_heard_of_a_posted_limit_deletes_it() throws Exception {
        ActuatorClient one = instance(LONGEST_LEASE);
        ActuatorClient other = instance(LONGEST_LEASE);
        one.post(PATH, "{\"cluster-limit\": 7}");
        assertThat(settings(other)).containsEntry("cluster-limit", CONFIGURED);

        assertAnswers(other.delete(PATH), CONFIGURED, false);

        assertThat(postedLimit()).isEqualTo("$-1\r\n");
    }

    @Test
    void a_post_that_is_refused_changes_nothing_in_redis_nor_here() throws Exception {
        ActuatorClient one = instance(LONGEST_LEASE);

        refused(one, "{\"cluster-limit\": 20, \"limit\": 0}", "limit 0: must be");
        refused(one, "{\"cluster-limit\": 20, \"shared-limit\": 0}", "shared-limit 0: must be");
        refused(one, "{\"cluster-limit\": 20, \"timeout\": \"0s\"}", "timeout PT0S: must be");
        refused(one, "{\"cluster-limit\": 0, \"limit\": 3}", "cluster-limit 0: must be");
    }

    private void refused(ActuatorClient client, String body, String rule) throws Exception {
        HttpResponse<String> response = client.post(PATH, body);

        assertThat(response.statusCode()).as(body).isEqualTo(400);
        assertThat(JsonPath.<String>read(response.body(), "$.error")).startsWith(rule);
        assertThat(postedLimit()).as(body).isEqualTo("$-1\r\n");
        assertThat(settings(client))
                .as(body)
                .containsEntry("limit", 8)
                .containsEntry("cluster-limit", CONFIGURED)
                .containsEntry("overridden", List.of());
    }

    @Test
    void without_redis_neither_a_post_of_the_limit_nor_a_delete_changes_anything() throws Exception {
        ActuatorClient one = instance(LEASE, Duration.ofSeconds(1));
        assertThat(one.post(PATH, "{\"limit\": 3}").statusCode()).isEqualTo(200);
        redis.kill();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !settings(one).containsKey("cluster-lease-age"));

        assertUnavailable(one.post(PATH, "{\"cluster-limit\": 20, \"limit\": 5}"));
        assertUnavailable(one.delete(PATH));

        assertThat(settings(one))
                .containsEntry("limit", 3)
                .containsEntry("cluster-limit", CONFIGURED)
                .containsEntry("overridden", List.of("limit"));
    }

    private static void assertUnavailable(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(JsonPath.<String>read(response.body(), "$.error")).startsWith("cluster-limit: Redis did not answer");
    }

    private static void assertAnswers(HttpResponse<String> response, int limit, boolean overridden) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertLimit(JsonPath.read(response.body(), "$"), limit, overridden);
    }

    private static void assertLimit(Map<String, Object> settings, int limit, boolean overridden) {
        assertThat(settings)
                .containsEntry("cluster-limit", limit)
                .containsEntry("overridden", overridden ? List.of("cluster-limit") : List.of());
    }

    private static void awaitLimit(ActuatorClient client, int limit, boolean overridden) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertLimit(settings(client), limit, overridden));
    }

    private static Map<String, Object> settings(ActuatorClient client) throws IOException, InterruptedException {
        return JsonPath.read(client.get(PATH).body(), "$.settings");
    }

    /** As Redis answers: {@code $-1} for none. */
    private String postedLimit() throws IOException {
        return redis.command("HGET", "errgroup:shop:supplier", "limit");
    }
}
