package io.github.errgroup.sample.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import io.github.errgroup.sample.SampleApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** An application of its own, since it is stopped. */
class StoppedImportTest {
    @Test
    void an_import_that_is_cancelled_because_the_application_stops_is_answered_with_503(@TempDir Path directory)
            throws Exception {
        ConfigurableApplicationContext application = SpringApplication.run(
                SampleApplication.class,
                "--server.port=0",
                "--errgroup.shutdown.cancel-after=0s",
                "--sample.data-directory=" + directory.resolve("data"));
        try (application;
                EndlessCsv csv = new EndlessCsv()) {
            CompletableFuture<HttpResponse<String>> answer = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                            + application.getEnvironment().getProperty("local.server.port")
                                            + "/imports?id=stopped"))
                                    .header("Content-Type", "text/csv")
                                    .POST(BodyPublishers.ofInputStream(() -> csv))
                                    .build(),
                            BodyHandlers.ofString());
            ImportLog imports = application.getBean(ImportLog.class);
            Awaitility.await().until(() -> {
                Import running = imports.find("stopped");
                return running != null && running.view().saved() > 0;
            });
            ErrGroups groups = application.getBean(ErrGroups.class);

            CompletableFuture<Void> stop = CompletableFuture.runAsync(application::close);
            Awaitility.await().until(() -> groups.live().isEmpty());
            csv.end(); // what the server has not read of the body holds up its answer

            assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
            assertThat(answer.get().body()).contains("the application is stopping");
            stop.get(20, TimeUnit.SECONDS);
        }
    }
}
