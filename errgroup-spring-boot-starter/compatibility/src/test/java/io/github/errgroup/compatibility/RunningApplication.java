package io.github.errgroup.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application on a port of its own, and a client that says who it is. */
final class RunningApplication implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    private RunningApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static RunningApplication start(String... arguments) {
        SpringApplication application = new SpringApplication(Application.class);
        // Ahead-of-time processing names the generated code after it; here the stack has no main method of ours.
        application.setMainApplicationClass(Application.class);
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--server.port=0";
        return new RunningApplication(application.run(all));
    }

    /** What the build says is on the class path. */
    static Set<String> present() {
        Set<String> present = new TreeSet<>(Arrays.asList(System.getProperty("present").split(",")));
        present.remove("none");
        return present;
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    CompletableFuture<HttpResponse<String>> get(String path) {
        String user = Base64.getEncoder().encodeToString("alice:wonderland".getBytes(StandardCharsets.UTF_8));
        URI uri = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Basic " + user)
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        context.close();
    }
}
