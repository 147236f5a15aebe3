package io.github.errgroup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The server of easyracer's scenarios, on loopback. What it answers to {@code /1} to {@code /11} depends on how many
 * requests it has at once, in which order they came, and which of them the client has given up. One server plays one
 * scenario, once.
 *
 * <p>Where the original waits a second, so that its next answer comes after the client has dealt with the one before, this
 * one waits until the client's task has ended: it listens to the client's groups.
 *
 * <p>One thread does everything, so that ten thousand connections need no ten thousand threads. All fields are its own, but
 * for the queue in which others hand it work.
 */
final class RaceServer implements AutoCloseable, GroupListener {
    /** How much later than the first request the second one of {@code /7} has to come. */
    static final Duration HEDGE = Duration.ofMillis(100);

    private static final int READINGS = 3;

    private final int racers;
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ByteBuffer input = ByteBuffer.allocate(4_096);
    private final Queue<ThrowingRunnable> handedIn = new ConcurrentLinkedQueue<>();

    private final List<Request> arrived = new ArrayList<>();
    private final Set<Request> waiting = new HashSet<>();
    private int givenUp;
    private int taskEnds;
    private final Map<Integer, ThrowingRunnable> atTaskEnd = new HashMap<>();
    private final List<CompletableFuture<Integer>> askers = new ArrayList<>();

    private final Set<String> open = new HashSet<>();
    private int readings;

    /** A server that has so many requests race in {@code /3}. */
    RaceServer(int racers) throws IOException {
        this.racers = racers;
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4_096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(this::serve, "race-server");
        thread.setDaemon(true);
        thread.start();
    }

    URI uri(String path) throws IOException {
        InetSocketAddress here = (InetSocketAddress) listener.getLocalAddress();
        return URI.create("http://" + here.getAddress().getHostAddress() + ":" + here.getPort() + path);
    }

    /**
     * Waits until each request has an answer or was given up, which is that the client has closed its connection; and tells
     * how many were given up. What was opened by then and not closed is an error.
     */
    int givenUp() throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        handIn(() -> {
            askers.add(answer);
            tellAskers();
        });
        return answer.get(10, SECONDS);
    }

    @Override
    public void onTaskEnd(Subtask<?> task, long nanos) {
        handIn(() -> atTaskEnd.getOrDefault(++taskEnds, () -> {}).run());
    }

    @Override
    public void close() {
        handIn(() -> {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        });
    }

    private void handIn(ThrowingRunnable work) {
        handedIn.add(work);
        selector.wakeup();
    }

    private void play(Request request) throws IOException {
        arrived.add(request);
        int count = arrived.size();
        Request first = arrived.get(0);
        switch (request.path) {
            case "/1" -> {
                if (count == 2) {
                    first.answer(200, "right");
                }
            }
            case "/2" -> {
                if (count == 2) {
                    atTaskEnd.put(1, () -> first.answer(200, "right"));
                    request.breakOff();
                }
            }
            case "/3" -> {
                if (count == racers) {
                    request.answer(200, "right");
                }
            }
            case "/4" -> {
                if (givenUp > 0) {
                    request.answer(200, "right");
                }
            }
            case "/5" -> {
                if (count == 2) {
                    atTaskEnd.put(1, () -> request.answer(200, "right"));
                    first.answer(500, "wrong");
                }
            }
            case "/6" -> {
                if (count == 3) {
                    atTaskEnd.put(1, () -> arrived.get(1).answer(200, "right"));
                    first.answer(500, "wrong");
                }
            }
            case "/7" -> {
                if (count == 2) {
                    boolean hedged = request.nanoTime - first.nanoTime >= HEDGE.toNanos();
                    first.answer(200, hedged ? "right" : "wrong");
                }
            }
            case "/8" -> playResource(request);
            case "/9" -> {
                if (count == 10) {
                    Collections.shuffle(arrived);
                    spell(List.of("r", "", "i", "", "", "g", "", "h", "", "t"), 0);
                }
            }
            case "/10" -> playComputation(request);
            case "/11" -> {
                if (count == 3) {
                    playRaceBelow();
                }
            }
            default -> request.answer(404, "no scenario");
        }
    }

    /** The first use fails. When what it used is closed, the other use is right. */
    private void playResource(Request request) throws IOException {
        String id = request.query.substring(request.query.indexOf('=') + 1);
        List<Request> uses = queries("use=");
        if (request.query.equals("open")) {
            open.add("resource-" + arrived.size());
            request.answer(200, "resource-" + arrived.size());
        } else if (!open.contains(id)) {
            request.answer(404, "not open");
        } else if (request.query.startsWith("use=")) {
            if (uses.size() == 2) {
                uses.get(0).answer(500, "wrong");
            }
        } else {
            open.remove(id);
            request.answer(200, "closed");
            if (uses.size() == 2 && waiting.contains(uses.get(1))) {
                uses.get(1).answer(200, uses.get(0).query.equals("use=" + id) ? "right" : "wrong");
            }
        }
    }

    /** Answers one after another, the next when the task before has ended. No letter is a failure. */
    private void spell(List<String> letters, int next) throws IOException {
        atTaskEnd.put(next + 1, () -> spell(letters, next + 1));
        if (next < letters.size()) {
            arrived.get(next).answer(letters.get(next).isEmpty() ? 500 : 200, letters.get(next));
        }
    }

    /** After some readings of work the computation's connection ends. Then the first reading without work is right. */
    private void playComputation(Request request) throws IOException {
        if (!request.query.contains("=")) {
            return; // the computation's
        }
        boolean works = !request.query.endsWith("=0");
        if (readings == READINGS) {
            request.answer(works ? 302 : 200, works ? "still at work" : "right");
            return;
        }
        request.answer(302, "go on");
        if (works && !waiting.isEmpty() && ++readings == READINGS) {
            waiting.iterator().next().answer(200, "the end");
        }
    }

    /** Both of the race below lose. When that race itself has lost, the request beside it is right. */
    private void playRaceBelow() throws IOException {
        atTaskEnd.put(3, () -> waiting.iterator().next().answer(200, "right"));
        for (Request below : queries("below")) {
            below.breakOff();
        }
    }

    private List<Request> queries(String prefix) {
        return arrived.stream()
                .filter(request -> request.query.startsWith(prefix))
                .toList();
    }

    private void giveUp(Request request) throws IOException {
        waiting.remove(request);
        givenUp++;
        if (request.path.equals("/4")) {
            for (Request other : List.copyOf(waiting)) {
                other.answer(200, "right");
            }
        }
        tellAskers();
    }

    private void tellAskers() {
        if (!waiting.isEmpty()) {
            return;
        }
        for (CompletableFuture<Integer> asker : askers) {
            if (open.isEmpty()) {
                asker.complete(givenUp);
            } else {
                asker.completeExceptionally(new AssertionError("left open: " + open));
            }
        }
    }

    private void serve() {
        try (selector) {
            while (selector.isOpen()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    ready(key);
                }
                selector.selectedKeys().clear();
                for (ThrowingRunnable work = handedIn.poll(); work != null; work = handedIn.poll()) {
                    work.run();
                }
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void ready(SelectionKey key) throws IOException {
        if (key.attachment() instanceof Request request) {
            request.read();
            return;
        }
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Request(channel));
        }
    }

    /** A connection, and its one request. */
    private final class Request {
        private final SocketChannel channel;
        private final StringBuilder head = new StringBuilder();
        private long nanoTime;
        private String path = "";
        private String query = "";

        Request(SocketChannel channel) {
            this.channel = channel;
        }

        void read() throws IOException {
            if (!channel.isOpen()) {
                return; // answered meanwhile
            }
            if (!receive()) {
                channel.close();
                if (waiting.contains(this)) {
                    giveUp(this);
                }
            } else if (path.isEmpty() && head.indexOf("\r\n\r\n") >= 0) {
                URI target = URI.create(head.substring("GET ".length(), head.indexOf(" HTTP/")));
                nanoTime = System.nanoTime();
                path = target.getPath();
                query = target.getQuery() == null ? "" : target.getQuery();
                waiting.add(this);
                play(this);
            }
        }

        /** False once the client has closed the connection. */
        private boolean receive() {
            input.clear();
            try {
                if (channel.read(input) < 0) {
                    return false;
                }
            } catch (IOException reset) {
                return false;
            }
            head.append(US_ASCII.decode(input.flip()));
            return true;
        }

        void answer(int status, String body) throws IOException {
            send("HTTP/1.1 " + status + " \r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n"
                    + body);
        }

        /** In the middle of an answer: a connection that breaks before it, the JDK's client opens again. */
        void breakOff() throws IOException {
            send("HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n");
        }

        /** The last that is said here. */
        private void send(String text) throws IOException {
            try {
                channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
            } catch (IOException reset) {
                // given up at the same moment
            }
            channel.close();
            waiting.remove(this);
            tellAskers();
        }
    }
}
