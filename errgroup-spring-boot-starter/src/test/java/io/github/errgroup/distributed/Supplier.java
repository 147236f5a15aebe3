package io.github.errgroup.distributed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What the tasks ask, in the test's JVM: it holds each request until the test answers it, hears from the members what
 * became of their tasks.
 */
final class Supplier implements AutoCloseable {
    /** The system property that tells a member where the supplier is. */
    static final String URL = "supplier.url";

    private final HttpServer server;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** The ports of the members that told so, by what happened and to which sku, as {@code asked/A-1}. */
    private final ConcurrentMap<String, BlockingQueue<Integer>> told = new ConcurrentHashMap<>();

    /** By sku. */
    private final ConcurrentMap<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

    Supplier() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Waits until a task asks for a price, and tells on which member it runs. */
    int askedBy(String sku) throws InterruptedException {
        return next("asked", sku);
    }

    /** Waits until a task was interrupted over there, and tells on which member. */
    int interruptedOn(String sku) throws InterruptedException {
        return next("interrupted", sku);
    }

    private int next(String what, String sku) throws InterruptedException {
        Integer port = told(what, sku).poll(30, TimeUnit.SECONDS);
        if (port == null) {
            throw new AssertionError("nobody said " + what + " of " + sku + ": " + told);
        }
        return port;
    }

    boolean wasInterrupted(String sku) {
        return !told("interrupted", sku).isEmpty();
    }

    void answer(String sku, long price) {
        answers.computeIfAbsent(sku, key -> new CompletableFuture<>()).complete(String.valueOf(price));
    }

    void refuse(String sku) {
        answers.computeIfAbsent(sku, key -> new CompletableFuture<>()).complete("");
    }

    private BlockingQueue<Integer> told(String what, String sku) {
        return told.computeIfAbsent(what + "/" + sku, key -> new LinkedBlockingQueue<>());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/");
        int port = Integer.parseInt(exchange.getRequestURI().getQuery());
        told(path[1], path[2]).add(port);
        String price = "0";
        if (path[1].equals("asked")) {
            price = answers.computeIfAbsent(path[2], key -> new CompletableFuture<>())
                    .join();
        }
        byte[] body = price.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(price.isEmpty() ? 404 : 200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Nobody is left waiting for an answer. */
    @Override
    public void close() {
        answers.values().forEach(answer -> answer.complete(""));
        server.stop(0);
        threads.shutdownNow();
    }
}
