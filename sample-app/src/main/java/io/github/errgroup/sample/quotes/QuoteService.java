package io.github.errgroup.sample.quotes;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.sample.quotes.Quote.Price;
import io.github.errgroup.sample.quotes.Quote.Reviews;
import io.github.errgroup.sample.quotes.Quote.Shipping;
import io.github.errgroup.sample.quotes.Quote.Stock;
import org.springframework.stereotype.Service;

/** Makes quotes. Thread-safe. */
@Service
public class QuoteService {
    private final ErrGroups groups;

    private final Suppliers suppliers;

    QuoteService(ErrGroups groups, Suppliers suppliers) {
        this.groups = groups;
        this.suppliers = suppliers;
    }

    /**
     * Asks the four suppliers at once. The first one that fails cancels the others: their requests are dropped, not
     * waited for. The deadline is {@code errgroup.groups.quote.timeout}.
     *
     * @param sku the product's key
     * @return the quote
     * @throws InterruptedException if the thread was interrupted while it waited
     * @throws io.github.errgroup.ErrGroupException if a supplier failed, which {@code task()} names; or past the deadline,
     *     with a {@code TimeoutException} as cause
     */
    public Quote quote(String sku) throws InterruptedException {
        try (ErrGroup group = groups.open("quote")) {
            Subtask<Price> price = group.go("price", () -> suppliers.price(sku));
            Subtask<Stock> stock = group.go("stock", () -> suppliers.stock(sku));
            Subtask<Reviews> reviews = group.go("reviews", () -> suppliers.reviews(sku));
            Subtask<Shipping> shipping = group.go("shipping", () -> suppliers.shipping(sku));
            group.await();
            return new Quote(sku, price.get(), stock.get(), reviews.get(), shipping.get());
        }
    }
}
