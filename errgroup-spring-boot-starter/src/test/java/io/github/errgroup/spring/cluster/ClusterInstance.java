package io.github.errgroup.spring.cluster;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.spring.ConfiguredGroup;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Instances in a JVM of their own, without a Spring context: each has as many callers as are told, who call the counting server
 * under the cluster limit for as long as the JVM lives. It stops when its standard input is closed; a number there is
 * posted as the limit, and {@code drop} drops it.
 */
public final class ClusterInstance {
    static final String NAME = "supplier";

    private static final Duration RECONNECT = Duration.ofMillis(20);

    private ClusterInstance() {}

    /**
     * Runs.
     *
     * @param arguments name, how many instances, Redis' port, the counting server's port, cluster limit, lease in
     *     milliseconds, callers of each instance, how long a call lasts in milliseconds
     */
    public static void main(String[] arguments) throws IOException {
        String name = arguments[0];
        int instances = Integer.parseInt(arguments[1]);
        // By default it waits twice as long each time, and leases are over before it sees a Redis that is there again.
        ClientResources resources = ClientResources.builder()
                .reconnectDelay(Delay.constant(RECONNECT))
                .build();
        LettuceConnectionFactory connections = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", Integer.parseInt(arguments[2])),
                LettuceClientConfiguration.builder().clientResources(resources).build());
        connections.afterPropertiesSet();
        connections.start();
        StringRedisTemplate redis = new StringRedisTemplate(connections);
        RedisClusterLimits last = null;
        for (int k = 0; k < instances; k++) {
            last = instance(instances == 1 ? name : name + "-" + k, redis, arguments);
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            last.of(NAME).retune(command.equals("drop") ? null : Integer.valueOf(command));
        }
        Runtime.getRuntime().halt(0);
    }

    /** Of a service with one name that has a cluster limit. */
    static ErrGroupRegistry registry(int limit) {
        return new ErrGroupRegistry(
                List.of(NAME),
                group -> new ConfiguredGroup(
                        ErrGroupOptions.builder().name(group).build(),
                        "platform",
                        false,
                        group.equals(NAME) ? limit : null),
                Duration.ofSeconds(-1),
                null);
    }

    private static RedisClusterLimits instance(String name, StringRedisTemplate redis, String[] arguments) {
        int limit = Integer.parseInt(arguments[4]);
        ErrGroupRegistry registry = registry(limit);
        RedisClusterLimits limits = new RedisClusterLimits(
                registry, redis, Duration.ofMillis(Integer.parseInt(arguments[5])), "test:", false);
        limits.start();
        registry.join(limits);
        int port = Integer.parseInt(arguments[3]);
        int millis = Integer.parseInt(arguments[7]);
        ErrGroup group = ErrGroup.open(o -> o.name(NAME).cancelOnError(false).sharedLimit(registry.sharedLimit(NAME)));
        for (int k = 0; k < Integer.parseInt(arguments[6]); k++) {
            Thread caller = new Thread(() -> {
                while (true) {
                    group.go(() -> call(name, port, millis));
                }
            });
            caller.setDaemon(true);
            caller.start();
        }
        return limits;
    }

    /** A call of the counting server, which takes so long. */
    static void call(String name, int port, int millis) throws IOException, InterruptedException {
        try (Socket call = new Socket(InetAddress.getLoopbackAddress(), port)) {
            DataOutputStream out = new DataOutputStream(call.getOutputStream());
            out.writeUTF(name);
            out.writeLong(System.currentTimeMillis());
            if (call.getInputStream().read() == 1) {
                Thread.sleep(millis); // what the call takes
                call.getOutputStream().write(1);
                int unused = call.getInputStream().read(); // it counts the call no more
            }
        }
    }
}
