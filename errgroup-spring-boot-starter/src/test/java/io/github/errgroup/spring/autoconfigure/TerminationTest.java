package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** SIGTERM to a JVM of its own, while clients ask it without a pause. */
@Timeout(300)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
class TerminationTest {
    private static final int CLIENTS = 10;

    @ParameterizedTest
    @ValueSource(strings = {"auto", "application"})
    void no_request_that_was_accepted_fails_and_no_task_outlives_the_context(String type) throws Exception {
        Process service = start("--errgroup.executor.type=" + type);
        BufferedReader output = outputOf(service);
        List<String> lines = new ArrayList<>();
        int port = Integer.parseInt(lineAfter("port ", output, lines));

        AtomicBoolean go = new AtomicBoolean(true);
        CountDownLatch underLoad = new CountDownLatch(5 * CLIENTS);
        Queue<String> otherAnswers = new ConcurrentLinkedQueue<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Thread(() -> askUntilGone(port, go, underLoad, otherAnswers)));
        }
        clients.forEach(Thread::start);
        assertThat(underLoad.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(otherAnswers).isEmpty();
        service.toHandle().destroy(); // the process's own destroy() would close its output

        String end = lineAfter("end ", output, lines);
        go.set(false);
        for (Thread client : clients) {
            client.join();
        }
        assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String[] counts = end.split(" ");
        int accepted = Integer.parseInt(counts[0]);
        int answered = Integer.parseInt(counts[1]);
        int running = Integer.parseInt(counts[2]);
        assertThat(accepted).as(lines.toString()).isGreaterThanOrEqualTo(5 * CLIENTS);
        assertThat(answered).as(lines.toString()).isEqualTo(accepted);
        assertThat(running).isZero();
        // Once it stops, Tomcat was seen to turn one request away with its own page: the application has answered all
        // that it
        // accepted.
        assertThat(otherAnswers).allMatch(answer -> answer.startsWith("400 <!doctype html>"));
    }

    /** The request's group is cancelled in time; the one that was left open holds up nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"graceful", "immediate"})
    void a_request_in_flight_is_answered_with_its_problem_and_the_stop_is_quick(String shutdown) throws Exception {
        Process service = start("--server.shutdown=" + shutdown, "--errgroup.shutdown.cancel-after=1s");
        BufferedReader output = outputOf(service);
        List<String> lines = new ArrayList<>();
        int port = Integer.parseInt(lineAfter("port ", output, lines));
        lineAfter("left open", output, lines);
        CompletableFuture<HttpResponse<String>> answer =
                HttpClient.newHttpClient().sendAsync(requestOf(port, "/slow"), HttpResponse.BodyHandlers.ofString());
        lineAfter("slow", output, lines);
        long start = System.nanoTime();
        service.toHandle().destroy();

        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
        Duration answered = Duration.ofNanos(System.nanoTime() - start);
        assertThat(answer.get().headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.get().body()).contains("\"status\":503").contains("the application is stopping");
        lineAfter("end ", output, lines);
        String report = output.lines().collect(Collectors.joining("\n", String.join("\n", lines), ""));
        assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Duration stopped = Duration.ofNanos(System.nanoTime() - start);
        System.out.println(shutdown + ": answered " + answered.toMillis() + " ms after SIGTERM, gone after "
                + stopped.toMillis() + " ms");
        assertThat(report)
                .contains("Cancelling 1 group of web requests")
                .contains("The shutdown did not wait for group 'left open'");
        // Below the grace period of 20 s, which alone the group left open would have taken before.
        assertThat(stopped).isLessThan(Duration.ofSeconds(15));
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // a short life
                "-cp",
                System.getProperty("java.class.path"),
                Service.class.getName(),
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static BufferedReader outputOf(Process service) {
        return new BufferedReader(new InputStreamReader(service.getInputStream(), StandardCharsets.UTF_8));
    }

    private static HttpRequest requestOf(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private static String lineAfter(String prefix, BufferedReader output, List<String> lines) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
        throw new AssertionError("no line began with '" + prefix + "': " + lines);
    }

    /** A connection that is no longer taken is no failure; an answer other than 200 is. */
    private static void askUntilGone(int port, AtomicBoolean go, CountDownLatch underLoad, Queue<String> otherAnswers) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = requestOf(port, "/quote");
        while (go.get()) {
            try {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                int status = answer.statusCode();
                // 503 is the server's own word for a connection that it took before and serves no more.
                if (status != 200 && status != 503) {
                    otherAnswers.add(status + " " + answer.body());
                }
                underLoad.countDown();
            } catch (IOException gone) {
                Thread.onSpinWait();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Service implements DisposableBean {
        private final AtomicInteger accepted = new AtomicInteger();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();
        private final ObjectProvider<ErrGroups> groups;

        Service(ObjectProvider<ErrGroups> groups) {
            this.groups = groups;
        }

        public static void main(String[] args) {
            ErrGroup leftOpen = SpringApplication.run(Service.class, args)
                    .getBean(ErrGroups.class)
                    .open("left open");
            System.out.println(leftOpen.name());
        }

        @Bean
        static ApplicationListener<WebServerInitializedEvent> tellsThePort() {
            return event -> System.out.println("port " + event.getWebServer().getPort());
        }

        @GetMapping("/quote")
        String quote() throws InterruptedException {
            accepted.incrementAndGet();
            for (int step = 0; step < 3; step++) {
                try (ErrGroup group = groups.getObject().open("quote")) {
                    group.go(this::supplier);
                    group.go(this::supplier);
                    group.await();
                }
            }
            answered.incrementAndGet();
            return "done";
        }

        @GetMapping("/slow")
        void slow() throws InterruptedException {
            try (ErrGroup group = groups.getObject().open("slow")) {
                group.go(() -> {
                    System.out.println("slow");
                    new CountDownLatch(1).await();
                });
                group.await();
            }
        }

        @ExceptionHandler
        ProblemDetail stopping(ErrGroupException e) {
            return ProblemDetail.forStatusAndDetail(
                    HttpStatus.SERVICE_UNAVAILABLE, "the application is stopping: " + e.getMessage());
        }

        /** As long as a quick supplier takes, so that the signal comes while tasks run. */
        private void supplier() throws InterruptedException {
            running.incrementAndGet();
            try {
                boolean unused = new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
            } finally {
                running.decrementAndGet();
            }
        }

        /** After every lifecycle phase. */
        @Override
        public void destroy() {
            System.out.println("end " + accepted + " " + answered + " " + running);
        }
    }
}
