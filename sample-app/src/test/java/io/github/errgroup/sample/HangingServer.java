package io.github.errgroup.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server that must be asked for four paths. One of them is answered with 503 once all four have been asked; the others
 * never are: they wait until the caller drops the connection.
 */
public final class HangingServer implements AutoCloseable {
    private final String failing;

    private final ServerSocket server;

    private final CountDownLatch asked = new CountDownLatch(4);

    private final BlockingQueue<String> dropped = new LinkedBlockingQueue<>();

    public HangingServer(String failing) {
        this.failing = failing;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    public String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Waits until this many connections were dropped, and returns the names of their suppliers. */
    public List<String> awaitDropped(int count) throws InterruptedException {
        List<String> names = new ArrayList<>();
        while (names.size() < count) {
            String name = dropped.poll(20, TimeUnit.SECONDS);
            if (name == null) {
                break;
            }
            names.add(name);
        }
        return names;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                start("serve", () -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String name = in.readLine().split("/")[1];
            while (!in.readLine().isEmpty()) {
                // the headers
            }
            asked.countDown();
            if (name.equals(failing)) {
                asked.await();
                socket.getOutputStream()
                        .write("HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
            } else {
                try {
                    if (in.read() == -1) {
                        dropped.add(name);
                    }
                } catch (IOException reset) {
                    dropped.add(name);
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
