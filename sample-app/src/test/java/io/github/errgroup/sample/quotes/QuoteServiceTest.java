package io.github.errgroup.sample.quotes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.sample.quotes.Quote.Price;
import io.github.errgroup.sample.quotes.Quote.Reviews;
import io.github.errgroup.sample.quotes.Quote.Shipping;
import io.github.errgroup.sample.quotes.Quote.Stock;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.ResourceAccessException;

/** The service alone, without Spring and without HTTP: {@link ErrGroups#of} makes what is a bean elsewhere. */
class QuoteServiceTest {
    private static final Price PRICE = new Price(new BigDecimal("19.90"), "EUR");

    private static final Stock STOCK = new Stock(3);

    private static final Reviews REVIEWS = new Reviews(new BigDecimal("4.5"), 12);

    private static final Shipping SHIPPING = new Shipping(2);

    @Test
    void a_quote_is_made_of_the_four_answers() throws InterruptedException {
        QuoteService quotes = new QuoteService(ErrGroups.of(ErrGroupOptions.defaults()), new FakeSuppliers());

        assertThat(quotes.quote("lamp")).isEqualTo(new Quote("lamp", PRICE, STOCK, REVIEWS, SHIPPING));
    }

    @Test
    void the_supplier_that_failed_is_named_and_the_one_that_was_asked_is_interrupted() {
        FakeSuppliers suppliers = new FakeSuppliers() {
            @Override
            public Price price(String sku) {
                return hang();
            }

            @Override
            public Stock stock(String sku) {
                awaitAsked();
                throw new UnknownSkuException(sku);
            }
        };
        QuoteService quotes = new QuoteService(ErrGroups.of(ErrGroupOptions.defaults()), suppliers);

        ErrGroupException failure = catchThrowableOfType(ErrGroupException.class, () -> quotes.quote("lamp"));

        assertThat(failure.task()).isEqualTo("stock");
        assertThat(failure).hasCauseInstanceOf(UnknownSkuException.class);
        assertThat(suppliers.interrupted).hasValue(1);
    }

    @Test
    void past_the_deadline_the_supplier_that_has_not_answered_is_named() {
        FakeSuppliers suppliers = new FakeSuppliers() {
            @Override
            public Reviews reviews(String sku) {
                return hang();
            }
        };
        ErrGroups groups = ErrGroups.of(o -> o.timeout(Duration.ofMillis(200)));
        QuoteService quotes = new QuoteService(groups, suppliers);

        ErrGroupException failure = catchThrowableOfType(ErrGroupException.class, () -> quotes.quote("lamp"));

        assertThat(failure.reason()).isEqualTo(CancelReason.TIMEOUT);
        assertThat(failure).hasCauseInstanceOf(TimeoutException.class).hasMessageContaining("reviews");
    }

    /** Answers at once, unless a test says otherwise. */
    private static class FakeSuppliers implements Suppliers {
        final AtomicInteger interrupted = new AtomicInteger();

        private final CountDownLatch asked = new CountDownLatch(1);

        @Override
        public Price price(String sku) {
            return PRICE;
        }

        @Override
        public Stock stock(String sku) {
            return STOCK;
        }

        @Override
        public Reviews reviews(String sku) {
            return REVIEWS;
        }

        @Override
        public Shipping shipping(String sku) {
            return SHIPPING;
        }

        /** Waits for an answer that never comes; interrupted, it throws what a RestClient does. */
        <T> T hang() {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
                throw new AssertionError("the latch was opened");
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw new ResourceAccessException("interrupted", new InterruptedIOException());
            }
        }

        void awaitAsked() {
            try {
                asked.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
