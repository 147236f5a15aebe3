package io.github.errgroup.sample.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import io.github.errgroup.sample.quotes.Quote;
import io.github.errgroup.sample.quotes.QuoteService;
import io.github.errgroup.sample.quotes.Suppliers;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
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
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.web.context.request.RequestAttributesThreadLocalAccessor;

/**
 * What a group costs where its tasks are real HTTP calls: a quote, which asks four suppliers on loopback at once. By a group
 * without anything, against threads and a latch written by hand; and by the service with its meters, its traces and its
 * context, against the same code by hand with the same meters, observations and snapshot. The suppliers answer at once, so
 * that nothing but the calls is to be seen beside the group.
 *
 * <p>Not among the tests that run by themselves. For a minute, or as long as is said:
 *
 * <pre>mvn -q -pl sample-app -am test -Dtest=FanOutMeasurement -Dsurefire.failIfNoSpecifiedTests=false -Dseconds=60</pre>
 *
 * <p>All take turns, quote by quote. Each of the two by hand is measured twice: what two runs of the same code differ by is
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

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private ObservationRegistry observations;

    @Test
    void a_quote_by_hand_and_by_a_group() throws Exception {
        threads.setVirtualThreads(TaskThreads.virtualThreadsSupported());
        int seconds = Integer.getInteger("seconds", 60);
        ByHandMeters byHandMeters = new ByHandMeters(meters, observations);
        Way byHand = new Way("by hand", () -> byHand(Watch.NONE), null);
        Way watched = new Way("by hand, watched", () -> byHand(byHandMeters.open()), null);
        List<Way> ways = List.of(
                byHand,
                new Way("ErrGroup", this::byGroup, byHand),
                new Way("by hand again", byHand.quote, byHand),
                watched,
                new Way("ErrGroup, watched", () -> service.quote(SKU), watched),
                new Way("watched again", watched.quote, watched));
        for (Way way : ways) {
            assertThat(way.quote.call()).as(way.name).isEqualTo(service.quote(SKU));
        }

        measure(ways, Math.max(1, seconds / 4));
        ways.forEach(way -> way.parts.clear());
        for (int part = 0; part < PARTS; part++) {
            measure(ways, Math.max(1, seconds * 3 / 4 / PARTS));
        }

        ways.forEach(System.out::println);
        assertThat(byHandMeters.succeeded.count()).isPositive();
    }

    /** Each caller is a thread of its own, as the thread of a request is. */
    private void measure(List<Way> ways, int seconds) throws Exception {
        List<List<Long>> times = new ArrayList<>();
        FutureTask<Boolean> caller = new FutureTask<>(() -> {
            for (Way way : ways) {
                times.add(new ArrayList<>());
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (int round = 0; System.nanoTime() < end; round++) {
                for (int i = 0; i < ways.size(); i++) {
                    int turn = (round + i) % ways.size();
                    long start = System.nanoTime();
                    ways.get(turn).quote.call();
                    times.get(turn).add(System.nanoTime() - start);
                }
            }
            return true;
        });
        threads.execute(caller);
        caller.get();
        for (int i = 0; i < ways.size(); i++) {
            ways.get(i).parts.add(times.get(i).stream().sorted().toList());
        }
    }

    /** As the service does it, with a group that nobody watches. */
    private Quote byGroup() throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.timeout(Duration.ofSeconds(2)))) {
            Subtask<Quote.Price> price = group.go(() -> suppliers.price(SKU));
            Subtask<Quote.Stock> stock = group.go(() -> suppliers.stock(SKU));
            Subtask<Quote.Reviews> reviews = group.go(() -> suppliers.reviews(SKU));
            Subtask<Quote.Shipping> shipping = group.go(() -> suppliers.shipping(SKU));
            group.await();
            return new Quote(SKU, price.get(), stock.get(), reviews.get(), shipping.get());
        }
    }

    private Quote byHand(Watch watch) throws Exception {
        CountDownLatch ended = new CountDownLatch(4);
        AtomicReference<Throwable> firstError = new AtomicReference<>();
        List<FutureTask<?>> calls = new ArrayList<>();
        try {
            FutureTask<Quote.Price> price = start(watch, () -> suppliers.price(SKU), ended, firstError, calls);
            FutureTask<Quote.Stock> stock = start(watch, () -> suppliers.stock(SKU), ended, firstError, calls);
            FutureTask<Quote.Reviews> reviews = start(watch, () -> suppliers.reviews(SKU), ended, firstError, calls);
            FutureTask<Quote.Shipping> shipping = start(watch, () -> suppliers.shipping(SKU), ended, firstError, calls);
            if (!ended.await(2, TimeUnit.SECONDS)) {
                cancel(calls);
                throw new TimeoutException();
            }
            if (firstError.get() != null) {
                throw new IllegalStateException(firstError.get());
            }
            return new Quote(SKU, price.get(), stock.get(), reviews.get(), shipping.get());
        } finally {
            watch.ended(firstError.get());
        }
    }

    private <T> FutureTask<T> start(
            Watch watch,
            Callable<T> call,
            CountDownLatch ended,
            AtomicReference<Throwable> firstError,
            List<FutureTask<?>> calls) {
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    try {
                        return watch.call(call);
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

    /** What a careful hand adds around a quote and around each of its calls. */
    private interface Watch {
        Watch NONE = new Watch() {
            @Override
            public <T> T call(Callable<T> call) throws Exception {
                return call.call();
            }

            @Override
            public void ended(Throwable failure) {}
        };

        <T> T call(Callable<T> call) throws Exception;

        void ended(Throwable failure);
    }

    /** What the starter counts, times, traces and carries, by hand: meters held in fields, one snapshot for all calls. */
    private static final class ByHandMeters {
        private final ObservationRegistry observations;

        private final Timer succeeded;

        private final Timer failed;

        private final Counter failures;

        private final LongTaskTimer open;

        private final Timer quoted;

        private final Timer unquoted;

        private final LongAdder active = new LongAdder();

        private final ContextSnapshotFactory snapshots;

        ByHandMeters(MeterRegistry registry, ObservationRegistry observations) {
            this.observations = observations;
            this.succeeded = registry.timer("by.hand.task", "outcome", "success");
            this.failed = registry.timer("by.hand.task", "outcome", "failure");
            this.failures = registry.counter("by.hand.task.failures");
            this.open = LongTaskTimer.builder("by.hand.active").register(registry);
            this.quoted = registry.timer("by.hand", "outcome", "success");
            this.unquoted = registry.timer("by.hand", "outcome", "failure");
            Gauge.builder("by.hand.task.active", active, LongAdder::sum).register(registry);
            ContextRegistry carried = new ContextRegistry();
            ContextRegistry.getInstance().getThreadLocalAccessors().forEach(carried::registerThreadLocalAccessor);
            carried.registerThreadLocalAccessor(new LocaleContextThreadLocalAccessor());
            carried.registerThreadLocalAccessor(new RequestAttributesThreadLocalAccessor());
            this.snapshots = ContextSnapshotFactory.builder()
                    .contextRegistry(carried)
                    .clearMissing(true)
                    .build();
        }

        Watch open() {
            Observation observation = Observation.start("by.hand.observation", observations);
            LongTaskTimer.Sample sample = open.start();
            long start = System.nanoTime();
            ContextSnapshot context = snapshots.captureAll();
            return new Watch() {
                @Override
                public <T> T call(Callable<T> call) throws Exception {
                    return context.wrap(() -> inScope(call)).call();
                }

                private <T> T inScope(Callable<T> call) throws Exception {
                    Observation.Scope scope = observation.openScope();
                    try {
                        return timed(call);
                    } finally {
                        scope.close();
                    }
                }

                @Override
                public void ended(Throwable failure) {
                    sample.stop();
                    (failure == null ? quoted : unquoted).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
                    if (failure != null) {
                        observation.error(failure);
                    }
                    observation.stop();
                }
            };
        }

        private <T> T timed(Callable<T> call) throws Exception {
            active.increment();
            long start = System.nanoTime();
            Timer outcome = failed;
            try {
                T value = call.call();
                outcome = succeeded;
                return value;
            } catch (Exception failure) {
                failures.increment();
                throw failure;
            } finally {
                outcome.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
                active.decrement();
            }
        }
    }

    /** A way to make a quote, what it is compared with, and the times that it took, sorted, a list for each part. */
    private record Way(String name, Callable<Quote> quote, Way reference, List<List<Long>> parts) {
        Way(String name, Callable<Quote> quote, Way reference) {
            this(name, quote, reference, new ArrayList<>());
        }

        private double micros(int percent) {
            List<Long> all = parts.stream().flatMap(List::stream).sorted().toList();
            return all.get(all.size() * percent / 100) / 1e3;
        }

        @Override
        public String toString() {
            String times = String.format(
                    Locale.ROOT,
                    "%-18s %,7d quotes: 10 %% %.0f µs, median %.0f µs, 90 %% %.0f µs, 99 %% %.0f µs",
                    name,
                    parts.stream().mapToInt(List::size).sum(),
                    micros(10),
                    micros(50),
                    micros(90),
                    micros(99));
            return reference == null ? times : times + against(reference);
        }

        private String against(Way other) {
            double[] ratios = new double[parts.size()];
            Arrays.setAll(ratios, part -> median(parts.get(part)) / median(other.parts.get(part)));
            Arrays.sort(ratios);
            return String.format(
                    Locale.ROOT,
                    "; medians of %d parts against %s: %.3f to %.3f, in the middle %.3f",
                    parts.size(),
                    other.name,
                    ratios[0],
                    ratios[ratios.length - 1],
                    ratios[ratios.length / 2]);
        }

        private static double median(List<Long> sorted) {
            return sorted.get(sorted.size() / 2);
        }
    }
}
