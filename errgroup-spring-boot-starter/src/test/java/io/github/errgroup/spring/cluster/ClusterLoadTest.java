package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * N14 under load: three instances, Spring applications in JVMs of their own, with 200 clients, of which one after the other is
 * killed and started again. A build runs it for twenty seconds; for the ten minutes of the page on cluster limits, say
 * {@code -Dcluster.load.minutes=10}.
 */
@Timeout(850)
class ClusterLoadTest {
    private static final int LIMIT = 40;

    private static final int INSTANCES = 3;

    private static final int CLIENTS = 200;

    private static final int MOST_MINUTES = 12;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int MINUTES = Integer.getInteger("cluster.load.minutes", 0);

    private static final Duration TOTAL = MINUTES > 0 ? Duration.ofMinutes(MINUTES) : Duration.ofSeconds(20);

    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(MINUTES > 0 ? 60 : 6);

    private static final Duration LEASE = Duration.ofSeconds(MINUTES > 0 ? 10 : 3);

    /** Of an instance that has not what it wants, or has what others want. */
    private static final int CALLS_PER_LEASE = 50;

    /** For the calls that come as shares change. */
    private static final double MARGIN = 1.5;

    private final Set<ProcessHandle> before =
            ProcessHandle.current().descendants().collect(Collectors.toSet());

    private final List<LoadedInstance> instances = new ArrayList<>();

    private final LoadClients clients = new LoadClients(INSTANCES, CLIENTS);

    private CountingServer supplier;

    private RedisServer redis;

    private int started;

    /** What was seen since the last kill. */
    private long samples;

    private long sampled;

    @BeforeEach
    void start() throws Exception {
        assertThat(MINUTES).as("cluster.load.minutes").isBetween(0, MOST_MINUTES);
        Assumptions.assumeTrue(RedisServer.isInstalled(), "no redis-server on the PATH");
        redis = RedisServer.start();
        supplier = new CountingServer();
    }

    @AfterEach
    void stop() throws Exception {
        if (supplier != null) {
            instances.forEach(LoadedInstance::kill);
            redis.close();
            supplier.close();
        }
    }

    @Test
    void N14_three_instances_under_load_that_are_killed_and_started_again_never_exceed_the_limit_and_leave_nothing()
            throws Exception {
        for (int k = 0; k < INSTANCES; k++) {
            instances.add(startInstance());
            clients.set(k, instances.get(k));
        }
        clients.start();
        for (LoadedInstance instance : instances) {
            awaitServed(instance);
        }
        long callsBefore = callsToRedis();
        long start = System.nanoTime();
        int mostOfAll = 0;
        int kills = 0;
        do {
            long kill = System.nanoTime();
            int victim = kills++ % INSTANCES;
            clients.favour(kills % INSTANCES);
            long servedAgain = killAndStart(victim);
            load(kill + BETWEEN_KILLS.toNanos() / 2, Duration.ZERO);
            double used = (double) sampled / samples / LIMIT;
            load(kill + BETWEEN_KILLS.toNanos(), BETWEEN_KILLS.dividedBy(10));
            int most = supplier.mostSinceAsked();
            System.out.printf(
                    Locale.ROOT,
                    "%3d s: %s served %.1f s after the kill, most calls at once %d of %d, in the busy half %.1f %% of them"
                            + " used, %,d requests answered, %,d cut off%n",
                    Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                    instances.get(victim).name(),
                    servedAgain / 1e9,
                    most,
                    LIMIT,
                    100 * used,
                    clients.answered(),
                    clients.cutOff());
            assertThat(most).as("calls at once").isLessThanOrEqualTo(LIMIT);
            mostOfAll = Math.max(mostOfAll, most);
        } while (System.nanoTime() - start < TOTAL.toNanos());
        double seconds = (System.nanoTime() - start) / 1e9;
        double callsPerSecond = (callsToRedis() - callsBefore) / seconds / INSTANCES;

        assertThat(clients.stop(PATIENCE)).as("all requests have an end").isTrue();
        assertThat(clients.faults()).isEmpty();
        assertThat(mostOfAll).as("the load uses the limit").isEqualTo(LIMIT);
        System.out.printf(
                Locale.ROOT,
                "%,.0f s, %d kills: most calls at once %d of %d, %,d requests answered and %,d cut off by a kill, %.1f calls to"
                        + " Redis per instance and second, %.1f of them regular, each of which takes it %s microseconds%n",
                seconds,
                kills,
                mostOfAll,
                LIMIT,
                clients.answered(),
                clients.cutOff(),
                callsPerSecond,
                CALLS_PER_LEASE * 1e3 / LEASE.toMillis(),
                redis.command("INFO", "commandstats")
                        .replaceAll("(?s).*cmdstat_evalsha:\\S*usec_per_call=([\\d.]+).*", "$1"));
        assertThat(callsPerSecond)
                .as("calls to Redis per instance and second")
                .isLessThanOrEqualTo(MARGIN * CALLS_PER_LEASE * 1e3 / LEASE.toMillis());
        nothingIsLeftOver();
    }

    private LoadedInstance startInstance() throws IOException, InterruptedException {
        String name = "instance-" + ++started;
        return new LoadedInstance(
                name, InstanceJvm.of(LoadedService.class, name, redis.port, supplier.port(), LIMIT, LEASE.toMillis()));
    }

    /** Returns after how many nanoseconds the new one has had its first call. */
    private long killAndStart(int index) throws Exception {
        long kill = System.nanoTime();
        clients.set(index, null);
        instances.get(index).kill();
        instances.set(index, startInstance());
        clients.set(index, instances.get(index));
        awaitServed(instances.get(index));
        return System.nanoTime() - kill;
    }

    private void awaitServed(LoadedInstance instance) throws InterruptedException {
        String name = instance.name();
        long unused = supplier.await(name + " is served", PATIENCE, () -> supplier.served(name) > 0);
    }

    /** Looks on until then, and for a moment at least. */
    private void load(long until, Duration pause) throws InterruptedException {
        clients.pause(pause);
        samples = 0;
        sampled = 0;
        long atLeast = System.nanoTime() + BETWEEN_KILLS.toNanos() / 6;
        while (System.nanoTime() < Math.max(until, atLeast)) {
            Thread.sleep(50);
            samples++;
            sampled += supplier.now();
        }
    }

    private void nothingIsLeftOver() throws Exception {
        for (LoadedInstance instance : instances) {
            assertThat(instance.leftOver()).as(instance.name()).isEqualTo(LoadedService.NOTHING_LEFT);
        }
        for (LoadedInstance instance : instances) {
            instance.stop();
        }
        assertThat(supplier.now()).as("calls that are open").isZero();
        assertThat(leases())
                .as("leases that were neither released nor are over")
                .isEmpty();
        redis.close();
        assertThat(ProcessHandle.current().descendants().filter(process -> !before.contains(process)))
                .as("processes that were started here and live")
                .isEmpty();
    }

    /** Of the hash of lease.lua, instances whose lease is not over. */
    private List<String> leases() throws IOException {
        Matcher seconds = Pattern.compile("\\d{10}").matcher(redis.command("TIME"));
        assertThat(seconds.find()).as("answer to TIME").isTrue();
        long now = 1_000 * Long.parseLong(seconds.group());
        String hash = redis.command("HGETALL", "errgroup:load:supplier");
        assertThat(hash).contains("ticket");
        return Pattern.compile("i:\\S+\\s+\\S+\\s+\\d+ \\d+ (?<expiry>\\d+) ")
                .matcher(hash)
                .results()
                .filter(lease -> Long.parseLong(lease.group(1)) > now)
                .map(lease -> lease.group().replaceAll("\\s+", " "))
                .toList();
    }

    private long callsToRedis() throws IOException {
        Matcher calls = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(redis.command("INFO", "commandstats"));
        assertThat(calls.find()).as("evalsha in INFO commandstats").isTrue();
        return Long.parseLong(calls.group(1));
    }
}
