package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link LoadedService}, as who has started it sees it. */
final class LoadedInstance {
    private static final int PATIENCE_SECONDS = 60;

    private static final int ENDED_BY_SIGTERM = 128 + 15;

    private final String name;

    private final Process process;

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private final int port;

    private volatile boolean killed;

    /** Starts one, and waits until it takes requests. */
    LoadedInstance(String name, ProcessBuilder service) throws IOException, InterruptedException {
        this.name = name;
        this.process = service.start();
        Thread reader = new Thread(this::read, "log-of-" + name);
        reader.setDaemon(true);
        reader.start();
        this.port = Integer.parseInt(nextAnswer());
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(LoadedService.ANSWER)) {
                    answers.add(line.substring(LoadedService.ANSWER.length()));
                } else {
                    System.out.println(name + ": " + line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String nextAnswer() throws InterruptedException {
        String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(answer).as("answer of instance %s", name).isNotNull();
        return answer;
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    boolean wasKilled() {
        return killed;
    }

    /** As kill -9. */
    void kill() {
        killed = true;
        process.destroyForcibly();
    }

    String leftOver() throws IOException, InterruptedException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return nextAnswer();
    }

    /** As an orchestrator does it, by SIGTERM. */
    void stop() throws InterruptedException {
        boolean told = process.toHandle().destroy(); // Process.destroy closes its standard input, too
        assertThat(told).as("%s is told to stop", name).isTrue();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("%s stops when it is told to", name)
                .isTrue();
        assertThat(process.exitValue()).as("exit of %s", name).isEqualTo(ENDED_BY_SIGTERM);
    }
}
