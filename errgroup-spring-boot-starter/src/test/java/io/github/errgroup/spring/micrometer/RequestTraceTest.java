package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** The whole way: a request to Boot's web server, a group, and real HTTP calls from its tasks on reused threads. */
@SpringBootTest(
        classes = RequestTraceTest.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"errgroup.observations.enabled=true", "errgroup.groups.quote.limit=1"})
@Timeout(60)
class RequestTraceTest {
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Quotes.class)
    static class Application {
        @Bean
        SimpleTracer tracer() {
            return new SimpleTracer();
        }

        @Bean
        DefaultTracingObservationHandler tracing(SimpleTracer tracer) {
            return new DefaultTracingObservationHandler(tracer);
        }

        @Bean(destroyMethod = "stop")
        Supplier supplier() throws IOException {
            return new Supplier();
        }
    }

    /** Answers anything with nothing. */
    static final class Supplier {
        private final HttpServer server;

        Supplier() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            server.start();
        }

        String url() {
            return "http://localhost:" + server.getAddress().getPort();
        }

        void stop() {
            server.stop(0);
        }
    }

    @RestController
    static class Quotes {
        private final ErrGroups groups;

        private final RestClient client;

        Quotes(ErrGroups groups, ObservationRegistry observations, Supplier supplier) {
            this.groups = groups;
            this.client = RestClient.builder()
                    .baseUrl(supplier.url())
                    .observationRegistry(observations)
                    .build();
        }

        @GetMapping("/quote")
        String quote() throws InterruptedException {
            try (ErrGroup group = groups.open("quote")) {
                for (String path : List.of("/price", "/stock", "/reviews")) {
                    group.go(() -> client.get().uri(path).retrieve().toBodilessEntity());
                }
                group.await();
                return "quote";
            }
        }
    }

    @Test
    void a_trace_shows_the_fan_out_below_the_request_and_the_calls_of_the_tasks_below_the_fan_out(
            @Value("${local.server.port}") int port, @Autowired SimpleTracer tracer) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/quote"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);

        // The server ends its span after the answer has gone out.
        await().until(() -> tracer.getSpans().stream()
                .anyMatch(span -> "http get /quote".equals(span.getName())
                        && span.getEndTimestamp().toEpochMilli() > 0));
        SimpleSpan request = span(tracer, "http get /quote");
        SimpleSpan fanOut = span(tracer, "errgroup quote");
        assertThat(fanOut.context().parentId()).isEqualTo(request.context().spanId());
        assertThat(tracer.getSpans())
                .filteredOn(span -> "http get".equals(span.getName()))
                .hasSize(3)
                .allSatisfy(call -> assertThat(call.context().parentId())
                        .isEqualTo(fanOut.context().spanId()));
    }

    private static SimpleSpan span(SimpleTracer tracer, String name) {
        return tracer.getSpans().stream()
                .filter(span -> name.equals(span.getName()))
                .findFirst()
                .orElseThrow();
    }
}
