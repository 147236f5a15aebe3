package io.github.errgroup.examples;

import static java.time.Duration.ofSeconds;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.io.IOException;

/** A few calls at once, each with a result of its own kind: the first failure ends the others. */
public final class QuoteService {
    private final Prices prices;
    private final Stocks stocks;
    private final Audit audit;

    public QuoteService(Prices prices, Stocks stocks, Audit audit) {
        this.prices = prices;
        this.stocks = stocks;
        this.audit = audit;
    }

    public Quote quote(String sku) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.name("quote").limit(8).timeout(ofSeconds(2)))) {
            Subtask<Long> price = group.go(() -> prices.find(sku)); // a value
            Subtask<Integer> stock = group.go("stock", () -> stocks.find(sku)); // a named task
            group.go(() -> audit.write(sku)); // no value; may throw anything
            group.await(); // the first failure, or nothing
            return new Quote(sku, price.get(), stock.get());
        }
    }

    /** What the customer sees. */
    public record Quote(String sku, long cents, int inStock) {}

    /** Finds prices. */
    public interface Prices {
        long find(String sku) throws IOException, InterruptedException;
    }

    /** Finds stocks. */
    public interface Stocks {
        int find(String sku) throws IOException, InterruptedException;
    }

    /** Writes down who asked for what. */
    public interface Audit {
        void write(String sku) throws IOException, InterruptedException;
    }
}
