package io.github.errgroup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small HTTP server on loopback, on plain sockets, so that a test sees what becomes of each connection. What it does
 * with a request depends on how the path begins:
 *
 * <ul>
 *   <li>{@code /page} answers 200 with the path as body;
 *   <li>{@code /together} does so once {@code atOnce} of its kind have arrived;
 *   <li>{@code /hold} never answers, and counts {@link #dropped} down when the client closes the connection;
 *   <li>{@code /fail} answers 500 once {@code atOnce} requests are held.
 * </ul>
 */
final class LoopbackServer implements AutoCloseable {
    /** One count for each held connection that its client has closed. */
    final CountDownLatch dropped;

    private final CountDownLatch held;
    private final CountDownLatch together;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger mostActive = new AtomicInteger();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ServerSocket listener;

    LoopbackServer(int atOnce) throws IOException {
        dropped = new CountDownLatch(atOnce);
        held = new CountDownLatch(atOnce);
        together = new CountDownLatch(atOnce);
        listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        start(this::acceptAll);
    }

    URI page(String path) {
        return URI.create(
                "http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort() + path);
    }

    /** The most requests that were being answered at the same time. */
    int mostActive() {
        return mostActive.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void acceptAll() throws IOException {
        while (true) {
            Socket connection = listener.accept();
            connections.add(connection);
            start(() -> answer(connection));
        }
    }

    private void answer(Socket connection) throws IOException, InterruptedException {
        try (connection) {
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            String first = request.readLine();
            if (first == null) {
                return; // connected, and gone without a request
            }
            while (!request.readLine().isEmpty()) {
                // the headers say nothing that we need
            }
            mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
            String path = first.split(" ")[1];
            if (path.startsWith("/hold")) {
                held.countDown();
                awaitEnd(request);
            } else if (path.startsWith("/fail")) {
                held.await();
                reply(connection, "500 Internal Server Error", path);
            } else {
                if (path.startsWith("/together")) {
                    together.countDown();
                    together.await();
                }
                reply(connection, "200 OK", path);
            }
        } finally {
            connections.remove(connection);
        }
    }

    private void awaitEnd(BufferedReader request) {
        try {
            while (request.read() >= 0) {
                // a client that holds the line has nothing to say
            }
        } catch (IOException reset) {
            // closed with less courtesy, and just as well
        }
        dropped.countDown();
    }

    private void reply(Socket connection, String status, String body) throws IOException {
        active.decrementAndGet(); // before the client can see the answer, and send the next request
        String answer =
                "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
        connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    /** Ends with its socket, which {@link #close()} closes. */
    private static void start(ThrowingRunnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception closed) {
                        // the client or the test is gone
                    }
                },
                "loopback-server");
        thread.setDaemon(true);
        thread.start();
    }
}
