package io.github.errgroup.distributed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link ClusterMember} that the test has started. */
final class MemberProcess implements AutoCloseable {
    final int port;

    private final Process process;

    private MemberProcess(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    static MemberProcess start(int port, int first, String supplier, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // a short life
                "-D" + ClusterMember.PORT + "=" + port,
                "-D" + Supplier.URL + "=" + supplier,
                "-cp",
                System.getProperty("java.class.path"),
                ClusterMember.class.getName(),
                String.valueOf(first)));
        command.addAll(List.of(arguments));
        return new MemberProcess(
                port,
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    /** Waits until it is a member of the cluster. */
    MemberProcess joined() throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals("joined")) {
                return this;
            }
        }
        throw new AssertionError("member " + port + " has not joined");
    }

    /** Tells a caller to begin. */
    void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** As kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
