package io.github.errgroup.sample.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.sample.SampleApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The log of a start. In a process of its own, since a JVM configures its log once. */
class StartTest {
    private static final String READY = "open http://127\\.0\\.0\\.1:\\d+/";

    private static final Pattern OF_THE_CLUSTER =
            Pattern.compile("] (org\\.springframework\\.data\\.redis|io\\.lettuce|io\\.netty|com\\.hazelcast)\\.");

    /** What a plain start logs, and the JVM's log of the classes that it loads. */
    private static List<String> log;

    private static List<String> loaded;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        Path classes = directory.resolve("loaded.log");
        log = untilReady(List.of("-Xlog:class+load:file=" + classes), "--server.port=0");
        loaded = Files.readAllLines(classes);
    }

    @Test
    void the_log_is_plain_and_its_last_line_says_what_to_open() {
        assertThat(log).noneMatch(line -> line.startsWith("{"));
        assertThat(log.get(log.size() - 1)).matches(".* INFO .* \\[-] .*: " + READY);
    }

    @Test
    void without_the_profile_cluster_nothing_of_redis_or_hazelcast_is_loaded() {
        assertThat(loaded.stream().filter(line -> line.contains(SampleApplication.class.getName())))
                .isNotEmpty();
        assertThat(loaded.stream().filter(OF_THE_CLUSTER.asPredicate()).limit(10))
                .isEmpty();
    }

    @Test
    void in_the_profile_json_each_line_is_an_object() throws IOException {
        List<String> lines =
                untilReady("--server.port=0", "--spring.profiles.active=json", "--spring.main.banner-mode=off");

        JsonMapper json = new JsonMapper();
        assertThat(lines).isNotEmpty().allMatch(line -> json.readTree(line).has("message"));
        assertThat(json.readTree(lines.get(lines.size() - 1)).get("message").asString())
                .matches(READY);
    }

    @Test
    void a_port_that_is_taken_is_reported_in_a_line_without_a_stack_trace() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            List<String> lines = untilReady("--server.port=" + taken.getLocalPort());

            assertThat(lines)
                    .anyMatch(line -> line.contains("Port " + taken.getLocalPort() + " was already in use"))
                    .noneMatch(line -> line.startsWith("\tat "));
        }
    }

    private static List<String> untilReady(String... args) throws IOException {
        return untilReady(List.of(), args);
    }

    /** Starts the application; its output until it is ready or has ended. */
    private static List<String> untilReady(List<String> options, String... args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                SampleApplication.class.getName(),
                "--logging.level.root=info")); // the tests' own configuration says warn
        command.addAll(List.of(args));
        Process application = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        CompletableFuture.delayedExecutor(150, TimeUnit.SECONDS).execute(application::destroy); // then its output ends
        List<String> lines = new ArrayList<>();
        try (BufferedReader output = application.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (line.contains("open http")) {
                    break;
                }
            }
        } finally {
            application.destroy();
        }
        return lines;
    }
}
