package io.github.errgroup.sample.fetches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.sample.HangingServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"sample.fetch.allow-private-targets=true", "sample.fetch.max-body=1000B"})
class FetchesTest {
    @LocalServerPort
    private int port;

    @Autowired
    private ErrGroups groups;

    @Autowired
    private JsonMapper json;

    private final HttpClient http = HttpClient.newHttpClient();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/bytes/")) {
                byte[] body = new byte[Integer.parseInt(path.substring("/bytes/".length()))];
                exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            } else if (path.startsWith("/redirect")) {
                exchange.getResponseHeaders().add("Location", "/bytes/1");
                exchange.sendResponseHeaders(302, -1);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        assertThat(groups.live()).isEmpty();
    }

    @Test
    void each_url_has_its_status_size_and_time_and_no_redirect_is_followed() throws Exception {
        HttpResponse<String> response =
                post(Map.of("urls", List.of(url("/bytes/7"), url("/nothing-here"), url("/redirect"), url("/bytes/0"))));

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode results = json.readTree(response.body()).get("results");
        assertThat(results.findValuesAsString("status")).containsExactly("200", "404", "302", "200");
        assertThat(results.findValuesAsString("bytes")).containsExactly("7", "0", "0", "0");
        assertThat(results.findValues("millis")).hasSize(4).allMatch(JsonNode::isIntegralNumber);
    }

    @Test
    void no_more_than_the_limit_are_fetched_at_once() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        // Opens when three wait: if fewer than the limit ran at once, they would wait here for ever.
        CyclicBarrier three = new CyclicBarrier(3);
        server.createContext("/gate", exchange -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                three.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IOException(e);
            }
            now.decrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        List<String> urls =
                IntStream.range(0, 12).mapToObj(i -> url("/gate/" + i)).toList();

        HttpResponse<String> response = post(Map.of("urls", urls, "limit", 3));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(most).hasValue(3);
    }

    @Test
    void the_first_failure_is_named_and_drops_the_connections_of_the_others() throws Exception {
        try (HangingServer hanging = new HangingServer("b")) {
            List<String> urls = List.of("/a/", "/b/", "/c/", "/d/").stream()
                    .map(path -> hanging.baseUrl() + path)
                    .toList();

            HttpResponse<String> response = post(Map.of("urls", urls, "errorStatusFails", true, "timeoutMs", 60_000));

            assertThat(response.statusCode()).isEqualTo(502);
            JsonNode problem = json.readTree(response.body());
            assertThat(problem.get("firstFailure").asString()).isEqualTo(hanging.baseUrl() + "/b/");
            assertThat(problem.get("results").findValuesAsString("state"))
                    .containsExactly("cancelled", "failed", "cancelled", "cancelled");
            assertThat(hanging.awaitDropped(3)).containsExactlyInAnyOrder("a", "c", "d");
        }
    }

    @Test
    void past_the_deadline_the_answer_is_504_and_the_connections_are_dropped() throws Exception {
        try (HangingServer hanging = new HangingServer("none")) {
            HttpResponse<String> response = post(Map.of("urls", List.of(hanging.baseUrl() + "/a/"), "timeoutMs", 200));

            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(hanging.awaitDropped(1)).containsExactly("a");
        }
    }

    @Test
    void without_cancel_on_error_all_are_fetched_and_the_failures_are_listed() throws Exception {
        HttpResponse<String> response = post(Map.of(
                "urls",
                List.of(url("/bytes/1001"), url("/bytes/1000"), "http://127.0.0.1:1/"),
                "cancelOnError",
                false,
                "limit",
                1));

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode report = json.readTree(response.body());
        assertThat(report.get("results").findValuesAsString("state")).containsExactly("failed", "succeeded", "failed");
        assertThat(report.get("results").get(0).get("error").asString())
                .isEqualTo("body: must have at most 1000 bytes");
        assertThat(report.get("firstFailure").asString()).isEqualTo(url("/bytes/1001"));
    }

    @Test
    void a_client_that_asks_for_events_gets_one_for_each_url_and_the_report() throws Exception {
        HttpRequest request = request(Map.of("urls", List.of(url("/bytes/1"), url("/bytes/2"))))
                .header("Accept", "text/event-stream")
                .build();

        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        List<String> events = response.body()
                .lines()
                .filter(line -> line.startsWith("event: "))
                .toList();
        assertThat(events).containsExactly("event: fetched", "event: fetched", "event: report");
        String report = response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .reduce("", (a, b) -> b);
        assertThat(json.readTree(report.substring("data: ".length()))
                        .get("results")
                        .findValuesAsString("bytes"))
                .containsExactly("1", "2");
    }

    @Test
    void a_reader_who_leaves_the_stream_cancels_the_fetch() throws Exception {
        try (HangingServer hanging = new HangingServer("none")) {
            HttpRequest request = request(Map.of("urls", List.of(hanging.baseUrl() + "/a/"), "timeoutMs", 60_000))
                    .header("Accept", "text/event-stream")
                    .build();

            http.send(request, BodyHandlers.ofInputStream()).body().close();

            assertThat(hanging.awaitDropped(1)).containsExactly("a");
            Awaitility.await().untilAsserted(() -> assertThat(groups.live()).isEmpty());
        }
    }

    /** By the customizer of {@link FetchConfiguration}: where a hook closed the connection, TLS reports a fault. */
    @Test
    void a_fetch_whose_answer_breaks_off_after_the_cancellation_is_cancelled_and_not_failed() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (ErrGroup group = groups.open("fetch")) {
            Subtask<?> task = group.go(() -> {
                reading.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new SSLException("the connection was closed without a close_notify");
                }
            });
            reading.await();
            group.cancel();

            assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
            assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
        }
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private HttpRequest.Builder request(Map<String, ?> body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/fetches"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.writeValueAsString(body)));
    }

    private HttpResponse<String> post(Map<String, ?> body) throws IOException, InterruptedException {
        return http.send(request(body).build(), BodyHandlers.ofString());
    }
}
