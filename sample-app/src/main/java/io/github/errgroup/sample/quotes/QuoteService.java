package io.github.errgroup.sample.quotes;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.sample.quotes.Quote.Price;
import io.github.errgroup.sample.quotes.Quote.Reviews;
import io.github.errgroup.sample.quotes.Quote.Shipping;
import io.github.errgroup.sample.quotes.Quote.Stock;
import io.github.errgroup.sample.suppliers.Supplier;
import org.springframework.stereotype.Service;

/** Makes quotes. Thread-safe. */
@Service
public class QuoteService {
    private final ErrGroups groups;

    private final SupplierClient suppliers;

    QuoteService(ErrGroups groups, SupplierClient suppliers) {
        this.groups = groups;
        this.suppliers = suppliers;
    }

    /**
     * Asks the four suppliers at once. The first that fails ends it: the others' requests are dropped, not waited for.
     * The deadline is {@code errgroup.groups.quote.timeout}.
     *
     * @param sku the product's key
     * @return the quote
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws io.github.errgroup.ErrGroupException if a supplier failed, named by {@code task()}; or past the deadline,
     *     with a {@code TimeoutException} as cause
     */
    public Quote quote(String sku) throws InterruptedException {
        try (ErrGroup group = groups.open("quote")) {
            Subtask<Price> price = ask(group, Supplier.PRICE, sku, Price.class);
            Subtask<Stock> stock = ask(group, Supplier.STOCK, sku, Stock.class);
            Subtask<Reviews> reviews = ask(group, Supplier.REVIEWS, sku, Reviews.class);
            Subtask<Shipping> shipping = ask(group, Supplier.SHIPPING, sku, Shipping.class);
            group.await();
            return new Quote(sku, price.get(), stock.get(), reviews.get(), shipping.get());
        }
    }

    private <T> Subtask<T> ask(ErrGroup group, Supplier supplier, String sku, Class<T> type) {
        return group.go(supplier.id(), () -> suppliers.ask(supplier, sku, type));
    }
}
