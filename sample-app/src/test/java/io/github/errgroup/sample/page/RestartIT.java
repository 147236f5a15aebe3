package io.github.errgroup.sample.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.sample.SampleApplication;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;

/** The page when its server is killed and restarted: the server runs in a JVM of its own. */
@ExtendWith(RequiresChromium.class)
class RestartIT {
    private int port;

    private Process server;

    private ChromeDriver chrome;

    @BeforeEach
    void start() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        server = serve();
        chrome = Chromium.start();
    }

    @AfterEach
    void stop() {
        chrome.quit();
        server.destroyForcibly();
    }

    @Test
    void a_run_is_reported_as_lost_after_its_server_was_killed_and_restarted_and_another_one_can_be_started()
            throws Exception {
        chrome.get("http://127.0.0.1:" + port + "/");
        chrome.findElement(By.cssSelector("input[value=importer]")).click();
        enter("tasks", "200"); // 20 s
        enter("failAt", "");
        run();
        await(() -> status().startsWith("Running"));
        assertThat(chrome.findElement(By.id("run")).isEnabled()).isFalse();

        server.destroyForcibly().waitFor();

        await(() -> status().startsWith("Connection lost, trying again; last seen at"));
        String frozen = status();
        run();
        await(() -> chrome.findElement(By.id("error")).getText().equals("The server cannot be reached."));
        assertThat(status()).isEqualTo(frozen);

        server = serve();

        await(() -> status().startsWith("Connection lost: the server does not know this run any more"));
        chrome.findElement(By.cssSelector("input[value=storefront]")).click();
        enter("tasks", "4");
        enter("failAt", ""); // each scenario has numbers of its own
        run();
        await(() -> status().startsWith("Ended: succeeded"));
        assertThat(chrome.findElement(By.id("error")).getText()).isEmpty();
    }

    /** Starts the application, and waits until it answers. */
    private Process serve() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SampleApplication.class.getName(),
                        "--server.port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(new File("target", "restart-it-server.log"))
                .start();
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health"))
                .build();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> http.send(request, BodyHandlers.discarding()).statusCode() == 200);
        return process;
    }

    private void enter(String id, String value) {
        chrome.findElement(By.id(id)).clear();
        chrome.findElement(By.id(id)).sendKeys(value);
    }

    private void run() {
        chrome.findElement(By.id("run")).click();
    }

    private String status() {
        return chrome.findElement(By.id("status")).getText();
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }
}
