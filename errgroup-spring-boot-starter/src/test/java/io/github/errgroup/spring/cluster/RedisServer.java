package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A redis-server from the PATH, that keeps nothing on disk. */
final class RedisServer implements AutoCloseable {
    final int port;

    private final Process process;

    private RedisServer(int port, String... further) throws IOException, InterruptedException {
        this.port = port;
        List<String> command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(port)));
        command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        command.addAll(List.of("--repl-diskless-sync-delay", "0"));
        command.addAll(List.of(further));
        // A folder of its own: a replica writes a dump, which the next server there would read.
        Path folder = Files.createTempDirectory("redis");
        folder.toFile().deleteOnExit();
        folder.resolve("dump.rdb").toFile().deleteOnExit();
        command.addAll(List.of("--dir", folder.toString()));
        Path output = folder.resolve("output.log");
        output.toFile().deleteOnExit();
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        boolean up = false;
        for (int k = 0; k < 500 && !up; k++) {
            assertThat(process.isAlive())
                    .as("redis-server: %s", Files.readString(output))
                    .isTrue();
            try {
                up = command("PING").contains("PONG");
            } catch (IOException e) {
                Thread.sleep(10); // not yet
            }
        }
        assertThat(up).as("redis-server answers").isTrue();
    }

    /** Whether there is one; with CI=true there must be. */
    static boolean isInstalled() {
        boolean found = isOnPath("redis-server");
        assertThat(found || !"true".equals(System.getenv("CI")))
                .as("redis-server is on the PATH, since CI=true")
                .isTrue();
        if (!found) {
            System.err.println("No redis-server found: the cluster limit was not tested against a Redis.");
        }
        return found;
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static RedisServer start() throws IOException, InterruptedException {
        return new RedisServer(freePort());
    }

    static RedisServer startAt(int port) throws IOException, InterruptedException {
        return new RedisServer(port);
    }

    static RedisServer replicaOf(RedisServer master) throws IOException, InterruptedException {
        RedisServer replica = new RedisServer(freePort(), "--replicaof", "127.0.0.1", Integer.toString(master.port));
        for (int k = 0; k < 500 && !replica.command("INFO", "replication").contains("master_link_status:up"); k++) {
            Thread.sleep(10);
        }
        assertThat(replica.command("INFO", "replication")).contains("master_link_status:up");
        return replica;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** As much of the answer as comes at once. */
    String command(String... words) throws IOException {
        return command(port, words);
    }

    private static String command(int port, String... words) throws IOException {
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
            connection.setSoTimeout(2_000);
            StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                request.append('$')
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n");
            }
            connection.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[1 << 16];
            int length = connection.getInputStream().read(answer);
            return length < 0 ? "" : new String(answer, 0, length, StandardCharsets.US_ASCII);
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        signal(process, name);
    }

    static void signal(Process process, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    }

    /** At once, as {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        Process unused = process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
