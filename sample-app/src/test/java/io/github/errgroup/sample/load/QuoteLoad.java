package io.github.errgroup.sample.load;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Load on a sample application that is running here: 200 clients ask for quotes for a minute while 1 % of the suppliers'
 * answers fail. Then checks that nothing is left over, and fails if something is.
 *
 * <pre>java QuoteLoad.java [http://127.0.0.1:8080] [clients] [seconds] [failure rate]</pre>
 *
 * Each client asks again as soon as it has its answer, so the machine is saturated. The deadline of two seconds is
 * raised meanwhile, by the endpoint, as an operator would: a 504 would tell how fast the machine is, and not what we
 * want to know.
 *
 * A single file without a library, so that it runs without a build; it is compiled with the tests.
 */
public final class QuoteLoad {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private QuoteLoad() {}

    public static void main(String[] args) throws Exception {
        String base = args.length > 0 ? args[0] : "http://127.0.0.1:8080";
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 200;
        int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 60;
        double failureRate = args.length > 3 ? Double.parseDouble(args[3]) : 0.01;
        long process;
        try {
            process = number(base + "/actuator/info", "pid");
        } catch (ConnectException e) {
            System.err.println(
                    "Nothing listens at " + base + ": start the sample application first, or say where it is:"
                            + " java QuoteLoad.java http://127.0.0.1:<port>");
            System.exit(2);
            return;
        }

        failureRate(base, 0);
        send("POST", base + "/actuator/errgroups/quote", "{\"timeout\": \"60s\"}");
        System.out.println("warming up");
        load(base, clients, Math.max(5, seconds / 6));
        settle(base);
        long threadsBefore = metric(base, "jvm.threads.live");
        long heapBefore = heapAfterCollection(base, process);

        failureRate(base, failureRate);
        Outcome first = load(base, clients, seconds / 2);
        long heapBetween = heapAfterCollection(base, process);
        Outcome second = load(base, clients, seconds - seconds / 2);
        failureRate(base, 0);
        send("DELETE", base + "/actuator/errgroups/quote", "");
        settle(base);
        long threadsAfter = metric(base, "jvm.threads.live");
        long heapAfter = heapAfterCollection(base, process);
        long groupsAfter = metric(base, "errgroup.group.active");

        Map<String, Long> counts = new TreeMap<>(first.counts());
        second.counts().forEach((what, count) -> counts.merge(what, count, Long::sum));
        System.out.printf(
                Locale.ROOT,
                "%d clients, %d s, failure rate %.3f: %d answers, %.0f a second; median %d ms, 99 %% %d ms%n",
                clients,
                seconds,
                failureRate,
                first.total() + second.total(),
                (first.total() + second.total()) / (double) seconds,
                second.percentile(50),
                second.percentile(99));
        System.out.println("answers: " + counts);
        System.out.printf(
                "open groups after: %d; threads before %d, after %d; heap after collection, MB: before %d, in the"
                        + " middle %d, after %d%n",
                groupsAfter, threadsBefore, threadsAfter, heapBefore >> 20, heapBetween >> 20, heapAfter >> 20);

        List<String> wrong = new ArrayList<>();
        for (String what : counts.keySet()) {
            // 502 names a supplier that failed, as it was told to. Everything else was not asked for.
            if (!what.equals("200") && !(what.equals("502 with supplier") && failureRate > 0)) {
                wrong.add(counts.get(what) + " times " + what);
            }
        }
        if (failureRate > 0 && !counts.containsKey("502 with supplier")) {
            wrong.add("no failure was provoked");
        }
        if (groupsAfter != 0) {
            wrong.add(groupsAfter + " groups are still open");
        }
        if (threadsAfter > threadsBefore + 10) {
            wrong.add("threads: " + threadsBefore + " before, " + threadsAfter + " after");
        }
        if (heapAfter > heapBefore + (16L << 20)) {
            wrong.add("heap: " + heapBefore + " bytes before, " + heapAfter + " after");
        }
        System.out.println(wrong.isEmpty() ? "OK" : "FAILED: " + String.join("; ", wrong));
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    /** What came of some load. */
    private record Outcome(Map<String, Long> counts, long[] sortedMillis) {
        long total() {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }

        long percentile(int percent) {
            return sortedMillis.length == 0 ? 0 : sortedMillis[(sortedMillis.length - 1) * percent / 100];
        }
    }

    private static Outcome load(String base, int clients, int seconds) throws InterruptedException {
        Map<String, LongAdder> counts = new ConcurrentHashMap<>();
        int slots = 1 << 20;
        long[] millis = new long[slots];
        AtomicLong next = new AtomicLong();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        CountDownLatch done = new CountDownLatch(clients);
        for (int i = 0; i < clients; i++) {
            Thread client = new Thread(
                    () -> {
                        while (System.nanoTime() < end) {
                            long start = System.nanoTime();
                            counts.computeIfAbsent(ask(base), what -> new LongAdder())
                                    .increment();
                            long slot = next.getAndIncrement();
                            if (slot < slots) {
                                millis[(int) slot] = (System.nanoTime() - start) / 1_000_000;
                            }
                        }
                        done.countDown();
                    },
                    "client-" + i);
            client.setDaemon(true);
            client.start();
        }
        done.await();
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((what, count) -> sums.put(what, count.sum()));
        long[] sorted = Arrays.copyOf(millis, (int) Math.min(slots, next.get()));
        Arrays.sort(sorted);
        return new Outcome(sums, sorted);
    }

    private static String ask(String base) {
        String sku = String.format(
                Locale.ROOT, "SKU-%04d", 1 + ThreadLocalRandom.current().nextInt(1_000));
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(URI.create(base + "/quotes/" + sku))
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    BodyHandlers.ofString());
            boolean named = response.statusCode() == 502
                    && response.body().contains("\"supplier\":")
                    && response.body().contains("answered 503");
            return response.statusCode() + (named ? " with supplier" : "");
        } catch (IOException | InterruptedException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static void failureRate(String base, double rate) throws IOException, InterruptedException {
        for (String supplier : List.of("price", "stock", "reviews", "shipping")) {
            send("PATCH", base + "/suppliers/" + supplier, "{\"failureRate\": " + rate + "}");
        }
    }

    private static void send(String method, String url, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(
                    method + " " + url + " was answered " + response.statusCode() + " " + response.body());
        }
    }

    /** Waits until idle threads have ended: pools keep theirs for a minute. */
    private static void settle(String base) throws IOException, InterruptedException {
        long before = Long.MAX_VALUE;
        for (int i = 0; i < 15; i++) {
            long now = metric(base, "jvm.threads.live");
            if (i > 7 && now >= before) {
                return;
            }
            before = now;
            Thread.sleep(10_000);
        }
    }

    /** What a full collection leaves, asked for with the JDK's own tool. */
    private static long heapAfterCollection(String base, long process) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        for (int i = 0; i < 2; i++) {
            Process collection = new ProcessBuilder(jcmd.toString(), Long.toString(process), "GC.run")
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.INHERIT)
                    .start();
            if (collection.waitFor() != 0) {
                throw new IOException("jcmd " + process + " GC.run failed");
            }
        }
        return metric(base, "jvm.memory.used?tag=area:heap");
    }

    private static long metric(String base, String name) throws IOException, InterruptedException {
        return number(base + "/actuator/metrics/" + name, "value");
    }

    /** The first number of a name in a JSON answer. */
    private static long number(String url, String name) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
        Matcher value = Pattern.compile("\"" + name + "\":([0-9.E+]+)").matcher(response.body());
        if (!value.find()) {
            throw new IOException("no " + name + " in the answer of " + url + ": " + response.body());
        }
        return (long) Double.parseDouble(value.group(1));
    }
}
