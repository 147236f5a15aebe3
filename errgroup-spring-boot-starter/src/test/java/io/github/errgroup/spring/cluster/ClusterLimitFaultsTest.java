package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * N14, the table of {@code docs/guide/cluster.md}: each row on a real redis-server, with instances that are JVMs of their own (but
 * for the twenty). What is promised is measured outside of them, by a server that counts the calls that are open at once.
 */
@Timeout(240)
class ClusterLimitFaultsTest {
    /** What is left of it after the margin, a twentieth, is longer than a thread waits on a busy machine. */
    private int leaseMillis = 2_000;

    private static final int CALL_MILLIS = 15;

    private static final Duration SOON = Duration.ofSeconds(90); // JVMs start slowly on a busy machine

    /** How much longer than promised a change may take on a busy machine, where threads wait for a processor. */
    private static final int BUSY_MILLIS = 1_200;

    @TempDir
    private Path folder;

    private final List<Process> instances = new ArrayList<>();

    private final List<RedisServer> servers = new ArrayList<>();

    private CountingServer supplier;

    private RedisServer redis;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(RedisServer.isInstalled(), "no redis-server on the PATH");
        redis = server(RedisServer.start());
        supplier = new CountingServer();
    }

    @AfterEach
    void stop() throws Exception {
        instances.forEach(Process::destroyForcibly);
        for (RedisServer server : servers) {
            server.close();
        }
        if (supplier != null) {
            supplier.close();
        }
    }

    private RedisServer server(RedisServer server) {
        servers.add(server);
        return server;
    }

    private Process instance(String name, int limit) throws IOException {
        return instance(name, 1, limit, List.of());
    }

    private Process instance(String name, int instancesInIt, int limit, List<String> clock) throws IOException {
        ProcessBuilder builder = InstanceJvm.of(
                        ClusterInstance.class,
                        name,
                        instancesInIt,
                        redis.port,
                        supplier.port(),
                        limit,
                        leaseMillis,
                        limit + 2,
                        CALL_MILLIS)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        if (!clock.isEmpty()) {
            builder.environment().put("LD_PRELOAD", clock.get(0));
            builder.environment().put("FAKETIME_TIMESTAMP_FILE", clock.get(1));
            builder.environment().put("FAKETIME_NO_CACHE", "1");
            builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            builder.environment().put("DONT_FAKE_MONOTONIC", "1");
            builder.environment().put("FAKETIME_FORCE_MONOTONIC_FIX", "0"); // else parking takes no time, or for ever
        }
        Process process = builder.start();
        instances.add(process);
        return process;
    }

    private void awaitRunning(String what, int calls) throws InterruptedException {
        long unused = supplier.await(what, SOON, () -> supplier.now() == calls);
    }

    private long awaitRunningOf(String instance, int calls) throws InterruptedException {
        return supplier.await(
                calls + " calls of " + instance + " run", SOON, () -> supplier.running(instance) == calls);
    }

    private void awaitServed(String... names) throws InterruptedException {
        for (String name : names) {
            int before = supplier.served(name);
            long unused = supplier.await(name + " is served", SOON, () -> supplier.served(name) > before);
        }
    }

    /** What a row of the table shows. */
    private static void measured(String fault, int limit, int most) {
        System.out.println("cluster limit, " + fault + ": limit " + limit + ", most calls at once " + most);
    }

    /**
     * Looks until for a lease no more than this ran, after more were allowed: they are the excess until the instances have heard of
     * it, in a third of a lease at most, and their calls have ended.
     */
    private void lowered(int from, int to) throws InterruptedException {
        long promised = leaseMillis / 3 + CALL_MILLIS;
        long start = System.nanoTime();
        int most = 0;
        long excessMillis = 0;
        for (long now = 0; now < excessMillis + leaseMillis; now = (System.nanoTime() - start) / 1_000_000) {
            Thread.sleep(2);
            int since = supplier.mostSinceAsked();
            most = Math.max(most, since);
            excessMillis = since > to ? (System.nanoTime() - start) / 1_000_000 : excessMillis;
            assertThat(excessMillis)
                    .as("milliseconds for which more than %s run after the limit was lowered from %s", to, from)
                    .isLessThanOrEqualTo(promised + BUSY_MILLIS);
        }
        System.out.println("cluster limit, lowered from " + from + " to " + to + ": most calls at once " + most
                + ", more than " + to + " for " + excessMillis + " ms, " + promised + " promised");
        assertThat(most).as("calls at once").isLessThanOrEqualTo(from);
    }

    private void neverMoreThan(int limit, String fault) {
        int most = supplier.mostSinceAsked();
        measured(fault, limit, most);
        assertThat(most).as("calls at once").isLessThanOrEqualTo(limit);
    }

    /** Time is what these faults are made of. */
    private void leases(double count) throws InterruptedException {
        Thread.sleep((long) (count * leaseMillis));
    }

    @Test
    void N14_an_instance_is_killed() throws Exception {
        Process killed = instance("a", 6);
        instance("b", 6);
        awaitServed("a", "b");
        awaitRunning("the whole limit is used", 6);
        RedisServer.signal(killed, "KILL");
        long gone = supplier.await("the killed instance hangs up", SOON, () -> supplier.running("a") == 0);
        long free = awaitRunningOf("b", 6);
        System.out.println("cluster limit, kill -9 of an instance: the other has its share after " + (gone + free)
                + " ms, with a lease of " + leaseMillis + " ms");
        // Redis counts the lease from the last call before the kill; the other instance asks again within a fiftieth of
        // a lease.
        assertThat(gone + free).isBetween(0L, leaseMillis + leaseMillis / 50L + BUSY_MILLIS);
        neverMoreThan(6, "kill -9 of an instance");
    }

    @Test
    void N14_redis_stands_still_for_two_leases() throws Exception {
        instance("a", 6);
        instance("b", 6);
        awaitServed("a", "b");
        awaitRunning("the whole limit is used", 6);
        redis.signal("STOP");
        leases(1);
        awaitRunning("nothing starts after the lease", 0);
        leases(0.25);
        neverMoreThan(6, "Redis stands still, until the lease is over");
        leases(0.75);
        neverMoreThan(0, "Redis stands still, after the lease");
        redis.signal("CONT");
        awaitRunning("the whole limit is used again", 6);
        leases(1);
        neverMoreThan(6, "Redis stands still for two leases");
    }

    @Test
    void N14_an_instance_stands_still_for_two_leases() throws Exception {
        Process still = instance("a", 6);
        instance("b", 6);
        awaitServed("a", "b");
        leases(1);
        neverMoreThan(6, "before an instance stands still");
        RedisServer.signal(still, "STOP");
        int share = 3;
        long unused = awaitRunningOf("b", 6);
        leases(1);
        redis.signal("STOP"); // so that nobody tells the instance that its lease is over
        RedisServer.signal(still, "CONT");
        leases(0.3);
        unused = awaitRunningOf("a", 0);
        int served = supplier.served("a");
        leases(0.3);
        assertThat(supplier.served("a") + supplier.running("a"))
                .as("nothing starts on a share of a lease that is over")
                .isEqualTo(served);
        redis.signal("CONT");
        leases(0.5);
        int most = supplier.mostSinceAsked();
        measured("an instance stands still for two leases", 6, most);
        assertThat(most).isLessThanOrEqualTo(6 + share);
        awaitServed("a", "b");
        leases(1);
        neverMoreThan(6, "after that");
    }

    @Test
    void N14_redis_is_restarted_and_empty() throws Exception {
        instance("a", 6);
        instance("b", 6);
        awaitServed("a", "b");
        awaitRunning("the whole limit is used", 6);
        redis.kill();
        redis = server(RedisServer.startAt(redis.port));
        instance("c", 6);
        awaitServed("a", "b");
        awaitServed("c");
        leases(1);
        neverMoreThan(6, "Redis is restarted and empty");
    }

    @Test
    void N14_a_replica_that_lags_takes_over() throws Exception {
        Process killed = instance("killed", 6);
        awaitServed("killed");
        RedisServer replica = server(RedisServer.replicaOf(redis));
        // It knows of one instance and never hears of the others: stopped, it would read what was sent to it meanwhile.
        assertThat(replica.command("REPLICAOF", "127.0.0.1", "1")).contains("OK");
        RedisServer.signal(killed, "KILL");
        instance("a", 6);
        instance("b", 6);
        awaitServed("a", "b");
        awaitRunning("the whole limit is used", 6);
        redis.kill();
        assertThat(replica.command("REPLICAOF", "NO", "ONE")).contains("OK");
        assertThat(replica.command("CONFIG", "SET", "port", Integer.toString(redis.port)))
                .contains("OK");
        awaitServed("a", "b");
        instance("c", 6);
        awaitServed("c");
        leases(1);
        neverMoreThan(6, "a replica that lags takes over");
    }

    @Test
    void N14_the_clocks_of_two_instances_are_90_seconds_ahead_and_behind() throws Exception {
        Path library = faketime();
        Assumptions.assumeTrue(library != null, "no libfaketime");
        Path ahead = clock("+90s");
        Path behind = clock("-90s");
        instance("ahead", 1, 6, List.of(library.toString(), ahead.toString()));
        instance("behind", 1, 6, List.of(library.toString(), behind.toString()));
        instance("right", 6);
        awaitServed("ahead", "behind", "right");
        leases(2);
        awaitServed("ahead", "behind", "right");
        awaitClock("ahead", 90);
        awaitClock("behind", -90);
        neverMoreThan(6, "clocks of instances 90 s ahead and behind");
        set(ahead, "-90s");
        set(behind, "+90s");
        leases(2);
        awaitServed("ahead", "behind", "right");
        awaitClock("ahead", -90);
        awaitClock("behind", 90);
        neverMoreThan(6, "clocks of instances that are set back and forward by 180 s");
        set(ahead, "-180s");
        redis.signal("STOP");
        leases(1);
        awaitRunning("nothing starts after the lease", 0);
        leases(0.25);
        int unused = supplier.mostSinceAsked();
        leases(0.75);
        neverMoreThan(0, "a clock is set back while Redis stands still, after the lease");
        redis.signal("CONT");
        awaitClock("ahead", -180);
    }

    /** That the library was loaded and had an effect: each call says what the instance's clock shows. */
    private void awaitClock(String instance, int secondsAhead) throws InterruptedException {
        long unused = supplier.await(
                "the clock of " + instance + " is " + secondsAhead + " s ahead",
                SOON,
                () -> Math.abs(supplier.millisAhead(instance) - 1_000L * secondsAhead)
                        < 20_000); // a call may take long
        System.out.println(
                "cluster limit, the clock of " + instance + " is " + supplier.millisAhead(instance) + " ms ahead");
    }

    /** What libfaketime makes of the clock; it looks again each time that the clock is read. */
    private Path clock(String offset) throws IOException {
        Path file = Files.createTempFile(folder, "clock", "");
        set(file, offset);
        return file;
    }

    private void set(Path clock, String offset) throws IOException {
        Path written = Files.writeString(Files.createTempFile(folder, "written", ""), offset);
        Files.move(written, clock, StandardCopyOption.ATOMIC_MOVE); // nobody reads half of it
    }

    private static Path faketime() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path lib : List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"))) {
            if (Files.isDirectory(lib)) {
                try (Stream<Path> folders = Files.list(lib)) {
                    folders.flatMap(folder -> Stream.of(
                                    folder.resolve("faketime/libfaketime.so.1"), folder.resolve("libfaketime.so.1")))
                            .filter(Files::exists)
                            .forEach(found::add);
                }
            }
        }
        assertThat(!found.isEmpty() || !"true".equals(System.getenv("CI")))
                .as("libfaketime is installed, since CI=true")
                .isTrue();
        if (found.isEmpty()) {
            System.err.println("No libfaketime found: a client's wrong clock was not tested.");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    @Test
    void N14_the_limit_is_lowered_and_raised_under_load() throws Exception {
        leaseMillis = 3_000; // a third of it, and what is added for a busy machine, are less than a lease
        Process one = instance("a", 6);
        instance("b", 6);
        awaitServed("a", "b");
        awaitRunning("the whole limit is used", 6);
        neverMoreThan(6, "before the limit is lowered");
        post(one, "2");
        lowered(6, 2);
        awaitServed("a", "b");
        neverMoreThan(2, "the limit is lowered to 2");
        post(one, "9");
        long used = supplier.await("the raised limit is used", SOON, () -> supplier.now() == 9);
        System.out.println("cluster limit, raised from 2 to 9: all of it is used after " + used + " ms");
        leases(0.5);
        neverMoreThan(9, "the limit is raised to 9");
        post(one, "drop");
        lowered(9, 6);
    }

    private static void post(Process instance, String limit) throws IOException {
        instance.getOutputStream().write((limit + "\n").getBytes(StandardCharsets.US_ASCII));
        instance.getOutputStream().flush();
    }

    @Test
    void N14_twenty_instances_and_a_limit_of_three() throws Exception {
        leaseMillis = 1_500; // on a busy machine a thread may wait for a twentieth of a shorter one
        for (int k = 0; k < 4; k++) {
            instance("jvm" + k, 5, 3, List.of());
        }
        long all = supplier.await("all twenty are served", SOON, () -> supplier.instances() == 20);
        System.out.println("cluster limit, twenty instances and a limit of 3: all served after " + all
                + " ms, the start of the JVMs included");
        leases(3);
        neverMoreThan(3, "twenty instances");
    }
}
