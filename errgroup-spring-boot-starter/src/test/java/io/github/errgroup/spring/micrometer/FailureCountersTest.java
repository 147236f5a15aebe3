package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.EmptyStackException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FailureCountersTest {
    private static final List<Throwable> TWENTY = List.of(
            new EOFException(),
            new FileNotFoundException(),
            new IOException(),
            new NotSerializableException(),
            new UncheckedIOException(new IOException()),
            new ConnectException(),
            new MalformedURLException(),
            new SocketException(),
            new SocketTimeoutException(),
            new UnknownHostException(),
            new AccessDeniedException("file"),
            new NoSuchFileException("file"),
            new SQLException(),
            new DateTimeException("time"),
            new ConcurrentModificationException(),
            new EmptyStackException(),
            new NoSuchElementException(),
            new TimeoutException(),
            new StackOverflowError(),
            new IllegalStateException());

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private final FailureCounters failures = new FailureCounters(
            exception -> Counter.builder("failures").tag("exception", exception).register(registry));

    @Test
    void none_is_there_before_the_first_failure_and_stays_zero() {
        assertThat(count("none")).isZero();

        failures.increment(new IllegalStateException());

        assertThat(count("none")).isZero();
        assertThat(count("IllegalStateException")).isOne();
    }

    @Test
    void twenty_exceptions_have_names_and_further_ones_count_as_other() {
        TWENTY.forEach(failures::increment);
        failures.increment(new ArithmeticException());
        failures.increment(new ClassCastException());
        failures.increment(TWENTY.get(0));

        assertThat(count("other")).isEqualTo(2);
        assertThat(count("EOFException")).isEqualTo(2);
        assertThat(registry.find("failures")
                        .tag("exception", "ArithmeticException")
                        .counter())
                .isNull();
        assertThat(registry.find("failures").counters()).hasSize(FailureCounters.MAX_EXCEPTIONS + 2);
    }

    @Test
    void an_exception_without_a_simple_name_counts_under_its_class_name() {
        Exception anonymous = new Exception() {
            private static final long serialVersionUID = 1L;
        };

        failures.increment(anonymous);

        assertThat(count(anonymous.getClass().getName())).isOne();
    }

    @Test
    void the_bound_holds_when_many_threads_bring_new_names_at_once() throws InterruptedException {
        List<Throwable> many = new ArrayList<>(TWENTY);
        many.add(new ArithmeticException());
        many.add(new ClassCastException());
        many.add(new NegativeArraySizeException());
        many.add(new IndexOutOfBoundsException());
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (Throwable failure : many) {
            Thread thread = new Thread(() -> {
                awaitUninterruptibly(start);
                for (int i = 0; i < 100; i++) {
                    failures.increment(failure);
                }
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(registry.find("failures").counters()).hasSize(FailureCounters.MAX_EXCEPTIONS + 2);
        assertThat(registry.find("failures").counters().stream()
                        .mapToDouble(Counter::count)
                        .sum())
                .isEqualTo(100.0 * many.size());
        assertThat(count("other")).isEqualTo(400);
    }

    private double count(String exception) {
        return registry.get("failures").tag("exception", exception).counter().count();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
