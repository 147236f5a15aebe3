package io.github.errgroup.sample.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.TaskThreads;
import io.github.errgroup.sample.quotes.Quote;
import io.github.errgroup.sample.quotes.QuoteService;
import io.github.errgroup.sample.quotes.Suppliers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * What a group costs where its tasks are real HTTP calls: a quote, which asks four suppliers on loopback at once, by the
 * service with its meters and its context, and by threads and a latch written by hand, with neither. The suppliers answer at
 * once, so that nothing but the calls is to be seen beside the group.
 *
 * <p>Not among the tests that run by themselves. For a minute, or as long as is said:
 *
 * <pre>mvn -q -pl sample-app -am test -Dtest=FanOutMeasurement -Dsurefire.failIfNoSpecifiedTests=false -Dseconds=60</pre>
 *
 * <p>By hand is measured twice, by turns with the service, quote by quote. What the two runs of the same code differ by is
 * what cannot be told apart.
 */
@SpringBootTest(
        properties = {
            "sample.suppliers.behaviour.price.delay=0ms",
            "sample.suppliers.behaviour.stock.delay=0ms",
            "sample.suppliers.behaviour.reviews.delay=0ms",
            "sample.suppliers.behaviour.shipping.delay=0ms"
        })
class FanOutMeasurement {
    private static final String SKU = "SKU-0001";

    private static final int PARTS = 10;

    private final SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("by-hand-");

    @Autowired
    private QuoteService service;

    @Autowired
    private Suppliers suppliers;

    @Test
    void a_quote_by_hand_and_by_the_service() throws Exception {
        threads.setVirtualThreads(TaskThreads.virtualThreadsSupported());
        int seconds = Integer.getInteger("seconds", 60);
        Way[] ways = {
            new Way("by hand", this::byHand),
            new Way("ErrGroup", () -> service.quote(SKU)),
            new Way("by hand again", this::byHand)
        };
        assertThat(byHand()).isEqualTo(service.quote(SKU));

        measure(ways, Math.max(1, seconds / 4));
        Arrays.stream(ways).forEach(way -> way.parts.clear());
        for (int part = 0; part < PARTS; part++) {
            measure(ways, Math.max(1, seconds * 3 / 4 / PARTS));
        }

        for (Way way : ways) {
            System.out.println(way.against(ways[0]));
        }
    }

    /** Each caller is a thread of its own, as the thread of a request is. */
    private void measure(Way[] ways, int seconds) throws Exception {
        List<List<Long>> times = new ArrayList<>();
        FutureTask<Boolean> caller = new FutureTask<>(() -> {
            for (Way way : ways) {
                times.add(new ArrayList<>());
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (int round = 0; System.nanoTime() < end; round++) {
                for (int i = 0; i < ways.length; i++) {
                    int turn = (round + i) % ways.length;
                    long start = System.nanoTime();
                    ways[turn].quote.call();
                    times.get(turn).add(System.nanoTime() - start);
                }
            }
            return true;
        });
        threads.execute(caller);
        caller.get();
        for (int i = 0; i < ways.length; i++) {
            ways[i].parts.add(times.get(i).stream().sorted().toList());
        }
    }

    private Quote byHand() throws Exception {
        CountDownLatch ended = new CountDownLatch(4);
        AtomicReference<Throwable> firstError = new AtomicReference<>();
        List<FutureTask<?>> calls = new ArrayList<>();
        FutureTask<Quote.Price> price = start(() -> suppliers.price(SKU), ended, firstError, calls);
        FutureTask<Quote.Stock> stock = start(() -> suppliers.stock(SKU), ended, firstError, calls);
        FutureTask<Quote.Reviews> reviews = start(() -> suppliers.reviews(SKU), ended, firstError, calls);
        FutureTask<Quote.Shipping> shipping = start(() -> suppliers.shipping(SKU), ended, firstError, calls);
        if (!ended.await(2, TimeUnit.SECONDS)) {
            cancel(calls);
            throw new TimeoutException();
        }
        if (firstError.get() != null) {
            throw new IllegalStateException(firstError.get());
        }
        return new Quote(SKU, price.get(), stock.get(), reviews.get(), shipping.get());
    }

    private <T> FutureTask<T> start(
            Callable<T> call, CountDownLatch ended, AtomicReference<Throwable> firstError, List<FutureTask<?>> calls) {
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    try {
                        return call.call();
                    } catch (Throwable failure) {
                        if (firstError.compareAndSet(null, failure)) {
                            cancel(calls);
                        }
                        throw failure;
                    }
                }) {
                    @Override
                    protected void done() {
                        ended.countDown();
                    }
                };
        synchronized (calls) {
            calls.add(task);
        }
        threads.execute(task);
        return task;
    }

    private static void cancel(List<FutureTask<?>> calls) {
        synchronized (calls) {
            calls.forEach(call -> call.cancel(true));
        }
    }

    /** A way to make a quote, and the times that it took, sorted, a list for each part of the measurement. */
    private record Way(String name, Callable<Quote> quote, List<List<Long>> parts) {
        Way(String name, Callable<Quote> quote) {
            this(name, quote, new ArrayList<>());
        }

        private double micros(int percent) {
            List<Long> all = parts.stream().flatMap(List::stream).sorted().toList();
            return all.get(all.size() * percent / 100) / 1e3;
        }

        String against(Way reference) {
            double[] ratios = new double[parts.size()];
            Arrays.setAll(ratios, part -> median(parts.get(part)) / median(reference.parts.get(part)));
            Arrays.sort(ratios);
            return String.format(
                    Locale.ROOT,
                    "%-14s %,7d quotes: 10 %% %.0f µs, median %.0f µs, 90 %% %.0f µs, 99 %% %.0f µs;"
                            + " medians of %d parts against by hand: %.3f to %.3f, in the middle %.3f",
                    name,
                    parts.stream().mapToInt(List::size).sum(),
                    micros(10),
                    micros(50),
                    micros(90),
                    micros(99),
                    parts.size(),
                    ratios[0],
                    ratios[ratios.length - 1],
                    ratios[ratios.length / 2]);
        }

        private static double median(List<Long> sorted) {
            return sorted.get(sorted.size() / 2);
        }
    }
}
