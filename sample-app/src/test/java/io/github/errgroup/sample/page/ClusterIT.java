package io.github.errgroup.sample.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.executor.LocalExecutorStats;
import io.github.errgroup.sample.SampleApplication;
import io.github.errgroup.sample.cluster.PriceMember;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The profile {@code cluster}: two instances, a Redis, and a member of Hazelcast; the suppliers count the calls. */
@ExtendWith(RequiresRedis.class)
@Timeout(180)
class ClusterIT {
    private static final int LIMIT = 6;

    private static final int TASKS = 60;

    private static final Pattern BLOCK = Pattern.compile("^```bash\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private static final List<Integer> PORTS = new ArrayList<>();

    private static final List<ConfigurableApplicationContext> INSTANCES = new ArrayList<>();

    private static Process redis;

    private static HazelcastInstance member;

    private static CountingSuppliers suppliers;

    /** The tasks of all runs. */
    private static int submitted;

    private final HttpClient http = HttpClient.newHttpClient();

    private final JsonMapper json = new JsonMapper();

    @BeforeAll
    @Timeout(300)
    static void start(@TempDir Path folder) throws IOException {
        PORTS.addAll(freePorts(4));
        int redisPort = PORTS.get(2);
        redis = new ProcessBuilder("redis-server", "--port", Integer.toString(redisPort))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File("target", "cluster-it-redis.log"))
                .start();
        suppliers = new CountingSuppliers();
        member = Hazelcast.newHazelcastInstance(PriceMember.config(PORTS.get(3)));
        await(() -> {
            new Socket(InetAddress.getLoopbackAddress(), redisPort).close();
            return true;
        });
        for (int port : PORTS.subList(0, 2)) {
            INSTANCES.add(SpringApplication.run(
                    SampleApplication.class,
                    "--spring.profiles.active=cluster",
                    "--server.port=" + port,
                    "--spring.data.redis.port=" + redisPort,
                    "--errgroup.groups.shares.timeout=20s", // on a busy machine
                    "--sample.suppliers.base-url=" + suppliers.url(),
                    "--sample.cluster.port=" + PORTS.get(3),
                    "--sample.cluster.instances=" + url(0) + "," + url(1)));
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static String url(int instance) {
        return "http://127.0.0.1:" + PORTS.get(instance);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        INSTANCES.forEach(ConfigurableApplicationContext::close);
        if (member != null) {
            member.shutdown();
        }
        if (suppliers != null) {
            suppliers.close();
        }
        if (redis != null) {
            redis.destroyForcibly().waitFor();
        }
    }

    @Test
    void N14_under_load_both_instances_have_a_share_and_the_suppliers_see_no_more_calls_at_once_than_the_limit()
            throws Exception {
        String commands = BLOCK.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("\"cluster\""))
                .findFirst()
                .orElseThrow()
                .replace("8080", PORTS.get(0).toString())
                .replace("8082", PORTS.get(1).toString());
        Process shell = new ProcessBuilder("bash", "-e", "-c", commands).start();
        String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(answer).isZero();
        submitted += 2 * TASKS;
        assertThat(answer).containsSubsequence("\"id\":", "\"id\":", url(0), "\"limit\":6", url(1), "\"limit\":6");

        await(() -> {
            keepBusy();
            return share(0) == LIMIT / 2 && share(1) == LIMIT / 2;
        });

        await(() -> stats().getCompletedTaskCount() == submitted);
        assertThat(suppliers.all()).isEqualTo(submitted);
        assertThat(suppliers.most()).isEqualTo(LIMIT);
        assertThat(get(url(0) + "/actuator/prometheus"))
                .contains("errgroup_cluster_share{group=\"prices\"}", "errgroup_cluster_lease_age{group=\"prices\"}")
                .contains("errgroup_limit{group=\"prices\",scope=\"cluster\"} 6.0");
    }

    /** What the member ran. */
    private static LocalExecutorStats stats() {
        return member.getExecutorService("prices").getLocalExecutorStats();
    }

    /** Neither instance is ever without a task that waits. */
    private void keepBusy() throws IOException, InterruptedException {
        if (suppliers.all() > submitted - TASKS) {
            run(0);
            run(1);
        }
    }

    private int share(int instance) throws IOException, InterruptedException {
        JsonNode shares = json.readTree(get(url(0) + "/cluster"));
        assertThat(shares.get(instance).get("instance").asString()).isEqualTo(url(instance));
        return shares.get(instance).get("share").asInt();
    }

    private String get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    @ExtendWith(RequiresChromium.class)
    void the_page_shows_the_shares_of_both_and_the_first_failure_cancels_what_the_member_runs() throws Exception {
        ChromeDriver chrome = Chromium.start();
        try {
            Chromium.show(chrome, 1100, 1000, "light");
            chrome.get(url(0) + "/");
            await(() ->
                    chrome.findElement(By.cssSelector("input[value=cluster]")).isDisplayed());
            chrome.findElement(By.cssSelector("input[value=cluster]")).click();
            chrome.findElement(By.id("tasks")).clear();
            chrome.findElement(By.id("tasks")).sendKeys("24"); // all of them are seen
            chrome.findElement(By.id("run")).click();
            submitted += 24;
            patience().untilAsserted(() -> {
                keepBusy();
                assertThat(text(chrome, "shares"))
                        .matches(url(0) + " \\(this one\\) [01]\\.\\d+ s ago 3\\n" + url(1) + " [01]\\.\\d+ s ago 3");
                assertThat(text(chrome, "shares-sum")).isEqualTo("6");
            });
            assertThat(text(chrome, "cluster-limit")).isEqualTo("6");
            PageIT.screenshot(chrome, "cluster");
            await(() -> text(chrome, "status").startsWith("Ended: succeeded"));

            // Else what runs beside the failing task is of the runs that kept both busy.
            await(() -> stats().getCompletedTaskCount() == submitted);
            long cancelled = stats().getCancelledTaskCount();
            chrome.findElement(By.id("failAt")).sendKeys("4");
            chrome.findElement(By.id("run")).click();
            await(() -> text(chrome, "status").startsWith("Ended: failed"));

            assertThat(text(chrome, "status")).contains("IOException: status 503");
            await(() -> stats().getCancelledTaskCount() > cancelled);
        } finally {
            chrome.quit();
        }
    }

    private static String text(ChromeDriver chrome, String id) {
        return chrome.findElement(By.id(id)).getText();
    }

    private void run(int instance) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(instance) + "/runs"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"scenario\": \"cluster\", \"tasks\": " + TASKS + "}"))
                .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
        submitted += TASKS;
    }

    private static void await(Callable<Boolean> condition) {
        patience().until(condition);
    }

    private static ConditionFactory patience() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions();
    }
}
