package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link ScriptInMemory} says is what a Redis says: the same script is sent to both, with the same clock, and they must
 * answer alike and know the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ScriptOnRedisTest {
    private static final String KEY = "key";

    private static final String OTHER_SERVER = "another";

    private static final int STEPS = 1_500;

    @TempDir
    static Path directory;

    private @Nullable Process server;

    private RedisClient client;

    private RedisCommands<String, String> redis;

    private String script;

    private String runId;

    @BeforeAll
    void start() throws IOException {
        try (InputStream source = ScriptInMemory.class.getResourceAsStream("lease.lua")) {
            String text = new String(source.readAllBytes(), StandardCharsets.UTF_8);
            script = text.replace("redis.call('TIME')", "{ARGV[7], ARGV[8]}");
            assertThat(script).isNotEqualTo(text);
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try {
            server = new ProcessBuilder(
                            "redis-server",
                            "--port",
                            "" + port,
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--dir",
                            "" + directory)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            System.out.println("No redis-server found: the script was not compared with a Redis.");
            abort("no redis-server");
        }
        untilReady(server);
        client = RedisClient.create("redis://127.0.0.1:" + port);
        redis = client.connect().sync();
        runId = redis.info("server").replaceAll("(?s).*run_id:(\\w+).*", "$1");
    }

    private static void untilReady(Process server) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains("Ready to accept connections")) {
                return;
            }
        }
        throw new AssertionError("redis-server did not start");
    }

    @AfterAll
    void stop() {
        if (client != null) {
            client.shutdown();
        }
        if (server != null) {
            server.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void N14_the_script_in_memory_and_on_a_redis_agree(long seed) {
        Random random = new Random(seed);
        ScriptInMemory memory = new ScriptInMemory();
        memory.server = runId;
        redis.del(KEY);
        long[] sequences = new long[8];
        Map<String, String> replica = memory.copy();
        int limit = 1 + random.nextInt(20);
        for (int step = 0; step < STEPS; step++) {
            memory.now += random.nextInt(random.nextInt(50) == 0 ? 2_000 : 40);
            int instance = random.nextInt(sequences.length);
            boolean isLate = random.nextInt(20) == 0;
            LeaseRequest request = new LeaseRequest(
                    "instance-" + instance,
                    isLate ? sequences[instance] : ++sequences[instance],
                    random.nextInt(4),
                    random.nextInt(limit + 4),
                    limit,
                    random.nextInt(50) == 0 ? 0 : 1_000,
                    0);
            assertThat(ask(request, memory.now)).as("step %s", step).isEqualTo(memory.call(request));
            switch (random.nextInt(200)) {
                case 0 -> {
                    memory.restartEmpty();
                    redis.del(KEY);
                }
                case 1 -> {
                    memory.failOver(replica);
                    redis.del(KEY);
                    if (!replica.isEmpty()) {
                        redis.hset(KEY, replica);
                    }
                }
                case 2, 3 -> {
                    replica = memory.copy();
                    replica.replace("server", OTHER_SERVER);
                }
                case 4 -> {
                    int posted = 1 + random.nextInt(20);
                    memory.postLimit(posted);
                    redis.hset(KEY, "limit", "" + posted);
                }
                case 5 -> {
                    memory.postLimit(null);
                    redis.hdel(KEY, "limit");
                }
                default -> {}
            }
            memory.server = runId;
            if (step % 50 == 0) {
                assertThat(redis.hgetall(KEY)).as("step %s", step).isEqualTo(memory.copy());
            }
        }
    }

    private @Nullable LeaseReply ask(LeaseRequest request, long now) {
        List<Long> values = redis.eval(
                script,
                ScriptOutputType.MULTI,
                new String[] {KEY},
                request.instance(),
                "" + request.sequence(),
                "" + request.held(),
                "" + request.demand(),
                "" + request.limit(),
                "" + request.leaseMillis(),
                "" + now / 1_000,
                "" + now % 1_000 * 1_000);
        return LeaseReply.of(values == null || values.contains(null) ? null : values);
    }
}
