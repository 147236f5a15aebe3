package io.github.errgroup.sample.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.sample.suppliers.Supplier;
import io.github.errgroup.sample.suppliers.SupplierBehaviour;
import io.github.errgroup.sample.suppliers.SupplierBehaviours;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"spring.test.metrics.export=true", "logging.level.io.github.errgroup.sample.quotes=debug"})
@ExtendWith(OutputCaptureExtension.class)
class OperationsTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @LocalServerPort
    private int port;

    @Autowired
    private SupplierBehaviours behaviours;

    @Autowired
    private JsonMapper json;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void prometheus_gets_the_meters_of_each_configured_group_before_its_first_use() throws Exception {
        String scrape = get("/actuator/prometheus");

        assertThat(scrape)
                .contains("errgroup_task_seconds_count{group=\"quote\",outcome=\"success\"}")
                .contains("errgroup_task_seconds_count{group=\"fetch\",outcome=\"failure\"}")
                .contains("errgroup_cancellations_total{group=\"import\",reason=\"timeout\"}");
    }

    @Test
    void the_log_has_the_requests_trace_id_in_the_tasks_too(CapturedOutput output) throws Exception {
        SupplierBehaviour before = behaviours.of(Supplier.STOCK);
        behaviours.change(Supplier.STOCK, new SupplierBehaviour(Duration.ofMillis(300), 1, false));
        try {
            HttpRequest request = HttpRequest.newBuilder(uri("/quotes/SKU-0001"))
                    .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                    .build();
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(502);
        } finally {
            behaviours.change(Supplier.STOCK, before);
        }

        assertThat(output.getOut().lines().filter(line -> line.contains(TRACE)).collect(Collectors.joining()))
                .contains(
                        "asking a supplier: /price/SKU-0001",
                        "asking a supplier: /stock/SKU-0001",
                        "asking a supplier: /reviews/SKU-0001",
                        "asking a supplier: /shipping/SKU-0001",
                        "no quote: supplier stock answered 503");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
    void health_is_up(String path) throws Exception {
        assertThat(json.readTree(get(path)).get("status").asString()).isEqualTo("UP");
    }

    @Test
    void an_operator_changes_a_limit_and_takes_the_change_back() throws Exception {
        HttpRequest retune = HttpRequest.newBuilder(uri("/actuator/errgroups/fetch"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"limit\": 3}"))
                .build();
        assertThat(http.send(retune, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(limitOfFetch()).isEqualTo(3);

        HttpRequest drop = HttpRequest.newBuilder(uri("/actuator/errgroups/fetch"))
                .DELETE()
                .build();
        assertThat(http.send(drop, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(limitOfFetch()).isEqualTo(20);
    }

    private int limitOfFetch() throws IOException, InterruptedException {
        return json.readTree(get("/actuator/errgroups/fetch"))
                .get("settings")
                .get("limit")
                .asInt();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
