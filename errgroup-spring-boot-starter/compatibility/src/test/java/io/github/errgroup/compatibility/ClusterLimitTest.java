package io.github.errgroup.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.ClusterLimit;
import io.github.errgroup.spring.ClusterLimits;
import io.github.errgroup.spring.ErrGroupRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the Redis client, and the auto-configuration of it, that this Spring Boot has. */
@Timeout(120)
class ClusterLimitTest {
    private static final boolean REDIS = RunningApplication.present().contains("redis");

    private static final String LIMIT = "--errgroup.groups.stock.cluster-limit=4";

    @Test
    void an_application_with_a_cluster_limit_starts_without_a_redis_that_answers() {
        assumeTrue(REDIS, "no Spring Data Redis on the class path");
        try (RunningApplication application = start(1)) {
            assertThat(application.context().getBeansOfType(ClusterLimits.class))
                    .containsOnlyKeys("errGroupClusterLimits");
            assertThat(limit(application).limit()).isEqualTo(4);
            assertThat(limit(application).share()).isZero();
            assertThat(limit(application).leaseAge()).isNull();
        }
    }

    @Test
    void a_task_runs_under_the_share_that_was_leased(@TempDir Path folder) throws Exception {
        assumeTrue(REDIS, "no Spring Data Redis on the class path");
        int port = freePort();
        Process redis = redis(port, folder);
        try (RunningApplication application = start(port)) {
            ErrGroups groups = application.context().getBean(ErrGroups.class);
            try (ErrGroup group = groups.open("stock")) {
                Subtask<String> task = group.go(() -> "called");
                group.await();
                assertThat(task.get()).isEqualTo("called");
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(limit(application).leaseAge()).isNotNull();
                assertThat(limit(application).share()).isBetween(1, 4);
            });
        } finally {
            redis.destroyForcibly();
        }
    }

    @Test
    void a_cluster_limit_without_spring_data_redis_stops_the_start_and_says_what_is_missing() {
        assumeFalse(REDIS, "Spring Data Redis is on the class path");
        assertThatThrownBy(() -> start(1))
                .rootCause()
                .hasMessageContaining("errgroup.groups.stock.cluster-limit")
                .hasMessageContaining("StringRedisTemplate");
    }

    private static RunningApplication start(int redisPort) {
        return RunningApplication.start(
                "--spring.main.web-application-type=servlet",
                "--spring.data.redis.port=" + redisPort,
                "--errgroup.cluster.lease=1s",
                LIMIT);
    }

    private static ClusterLimit limit(RunningApplication application) {
        return Objects.requireNonNull(
                application.context().getBean(ErrGroupRegistry.class).clusterLimit("stock"));
    }

    /** The application asks it until it answers. */
    private static Process redis(int port, Path folder) throws IOException {
        try {
            return new ProcessBuilder("redis-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            System.err.println("No redis-server found: the cluster limit was not tested against a Redis.");
            return abort("no redis-server");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
