package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A running application with a real web server on a port of its own, and a client of it. */
public final class WebApplication implements AutoCloseable {
    /** As many requests at once as the tests ask for, each on a thread of its own. */
    public static final int THREADS = 210;

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    private WebApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    public static WebApplication start(Class<?> configuration, String... properties) {
        return new WebApplication(new SpringApplicationBuilder(configuration)
                .properties(
                        "server.port=0",
                        "server.tomcat.threads.max=" + THREADS,
                        "spring.main.banner-mode=off",
                        "logging.level.org=warn")
                .properties(properties)
                .run());
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public CompletableFuture<HttpResponse<String>> get(String pathAndQuery) {
        URI uri = URI.create(
                "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + pathAndQuery);
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Sends requests at once, and gives their answers in the order of their numbers. */
    public List<String> getAtOnce(int requests, IntFunction<String> pathAndQuery) {
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            sent.add(get(pathAndQuery.apply(i)));
        }
        return sent.stream()
                .map(response -> {
                    assertThat(response.join().statusCode()).isEqualTo(200);
                    return response.join().body();
                })
                .toList();
    }

    @Override
    public void close() {
        context.close();
    }
}
