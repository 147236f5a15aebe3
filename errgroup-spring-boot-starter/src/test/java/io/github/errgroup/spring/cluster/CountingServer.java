package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The supplier that a cluster limit protects: each open connection is a call, and it counts how many there are at once. A caller
 * that is killed hangs up; one that stands still does not.
 */
final class CountingServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());

    private final Set<Socket> open = new HashSet<>();

    /** Guarded by this. */
    private final Map<String, Integer> running = new HashMap<>();

    /** Guarded by this. */
    private final Map<String, Integer> served = new HashMap<>();

    /** By how many milliseconds an instance's clock was ahead of ours at its last call. Guarded by this. */
    private final Map<String, Long> ahead = new HashMap<>();

    /** Guarded by this. */
    private int now;

    /** Guarded by this. */
    private int most;

    CountingServer() throws IOException {
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body, "counting-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket call = server.accept();
                daemon(() -> serve(call));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket call) {
        try (call) {
            DataInputStream in = new DataInputStream(call.getInputStream());
            String instance = in.readUTF();
            begin(call, instance, in.readLong() - System.currentTimeMillis());
            boolean hungUp;
            try {
                call.getOutputStream().write(1);
                hungUp = in.read() < 0;
            } finally {
                end(call, instance);
            }
            if (!hungUp) {
                call.getOutputStream().write(1); // so that the task ends after it has stopped to count
            }
        } catch (IOException e) {
            // it hung up
        }
    }

    private synchronized void begin(Socket call, String instance, long millisAhead) {
        open.add(call);
        ahead.put(instance, millisAhead);
        running.merge(instance, 1, Integer::sum);
        most = Math.max(most, ++now);
        notifyAll();
    }

    private synchronized void end(Socket call, String instance) {
        open.remove(call);
        running.merge(instance, -1, Integer::sum);
        served.merge(instance, 1, Integer::sum);
        now--;
        notifyAll();
    }

    synchronized int now() {
        return now;
    }

    synchronized int running(String instance) {
        return running.getOrDefault(instance, 0);
    }

    synchronized int served(String instance) {
        return served.getOrDefault(instance, 0);
    }

    /** By how many milliseconds its clock was ahead of ours when it called last. */
    synchronized long millisAhead(String instance) {
        return ahead.getOrDefault(instance, 0L);
    }

    synchronized int instances() {
        return served.size();
    }

    /** The most calls at once since the last time this was asked. */
    synchronized int mostSinceAsked() {
        int since = most;
        most = now;
        return since;
    }

    /** Waits until something holds of what is counted here. Returns how long, in milliseconds. */
    synchronized long await(String what, Duration atMost, BooleanSupplier holds) throws InterruptedException {
        long start = System.nanoTime();
        while (!holds.getAsBoolean()) {
            long left = atMost.toMillis() - (System.nanoTime() - start) / 1_000_000;
            assertThat(left)
                    .as("%s within %s: %s run, of %s, served %s", what, atMost, now, running, served)
                    .isPositive();
            wait(left);
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        for (Socket call : Set.copyOf(open)) {
            call.close();
        }
    }
}
