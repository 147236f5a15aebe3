package io.github.errgroup.sample.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Suppliers outside of all instances: they count the calls that are open at once. Thread-safe. */
final class CountingSuppliers implements AutoCloseable {
    private static final Pattern QUERY = Pattern.compile("delayMs=(\\d+)&fail=(\\w+)");

    private final AtomicInteger open = new AtomicInteger();

    private final AtomicInteger most = new AtomicInteger();

    private final AtomicInteger all = new AtomicInteger();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final HttpServer server;

    CountingSuppliers() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The most calls that were open at once. */
    int most() {
        return most.get();
    }

    /** All calls that have come. */
    int all() {
        return all.get();
    }

    private void answer(HttpExchange call) throws IOException {
        Matcher query = QUERY.matcher(call.getRequestURI().getQuery());
        boolean fails = query.matches() && query.group(2).equals("true");
        all.incrementAndGet();
        most.accumulateAndGet(open.incrementAndGet(), Math::max);
        try {
            Thread.sleep(Long.parseLong(query.group(1)) / 4);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end of the tests
        } finally {
            open.decrementAndGet(); // before its caller can make another one
        }
        try (call) {
            call.sendResponseHeaders(fails ? 503 : 200, -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
