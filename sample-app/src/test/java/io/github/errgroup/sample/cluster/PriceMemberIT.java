package io.github.errgroup.sample.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The member as a process of its own, started from the packaged jar by the README's command. */
@Timeout(180)
class PriceMemberIT {
    private static final Pattern COMMAND = Pattern.compile("^java .*PriceMember .*$", Pattern.MULTILINE);

    @Test
    void N14_the_member_that_the_command_of_the_readme_starts_runs_what_it_is_sent() throws Exception {
        int port = freePort();
        Path log = Path.of("target", "price-member-it.log");
        Process member = member(port, log.toFile());
        HttpServer supplier = supplier("42 cents");
        HazelcastInstance instance = null;
        try {
            Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
                assertThat(member.isAlive()).as(Files.readString(log)).isTrue();
                return Files.readString(log).contains("waiting for tasks on");
            });
            instance = Hazelcast.newHazelcastInstance(PriceMember.config(port).setLiteMember(true));

            URI url = URI.create("http://127.0.0.1:" + supplier.getAddress().getPort() + "/");
            assertThat(new Members(instance).ask(url, Duration.ofSeconds(60)).get(60, TimeUnit.SECONDS))
                    .isEqualTo("42 cents");
        } finally {
            if (instance != null) {
                instance.shutdown();
            }
            supplier.stop(0);
            member.destroyForcibly().waitFor();
        }
    }

    private static Process member(int port, File log) throws IOException {
        String command = COMMAND.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(match -> match.group())
                .findFirst()
                .orElseThrow();
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec " + command + " " + port)
                .directory(new File(".."))
                .redirectErrorStream(true)
                .redirectOutput(log);
        Path java = Path.of(System.getProperty("java.home"), "bin");
        builder.environment().merge("PATH", java.toString(), (path, ours) -> ours + File.pathSeparator + path);
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static HttpServer supplier(String answer) throws IOException {
        HttpServer supplier = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        supplier.createContext("/", call -> {
            try (call) {
                call.sendResponseHeaders(200, body.length);
                call.getResponseBody().write(body);
            }
        });
        supplier.start();
        return supplier;
    }
}
