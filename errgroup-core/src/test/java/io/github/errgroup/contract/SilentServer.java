package io.github.errgroup.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server on loopback that accepts connections and says no word unless it is told to. */
final class SilentServer implements AutoCloseable {
    private final ServerSocket server;

    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();

    private volatile Runnable whenConnected = () -> {};

    SilentServer() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "silent-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connections.add(server.accept());
                whenConnected.run();
            } catch (IOException e) {
                // closed, or the client is gone: either way there is nothing to say
            }
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    URI uri() {
        return URI.create("http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort() + "/");
    }

    /** Waits until a client is connected. */
    void untilConnected() {
        Threads.until(() -> !connections.isEmpty());
    }

    /** What to do when a client connects from now on. */
    void whenConnected(Runnable action) {
        whenConnected = action;
    }

    /** Sends a text to every client. */
    void answer(String text) {
        try {
            for (Socket connection : connections) {
                connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
