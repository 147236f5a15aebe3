package io.github.errgroup.first;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.util.NoSuchElementException;
import org.springframework.stereotype.Service;

@Service
class QuoteService {
    private final ErrGroups groups;

    QuoteService(ErrGroups groups) {
        this.groups = groups;
    }

    record Quote(String sku, int cents, int stock) {}

    Quote quote(String sku) throws InterruptedException {
        try (ErrGroup group = groups.open("quote")) {
            Subtask<Integer> price = group.go("price", () -> price(sku)); // both run at once,
            Subtask<Integer> stock = group.go("stock", () -> stock(sku)); // each in a thread of its own
            group.await(); // the first that fails cancels the other
            return new Quote(sku, price.get(), stock.get());
        }
    }

    // Two calls over the network would be here.
    private static int price(String sku) throws InterruptedException {
        Thread.sleep(200);
        return 1990;
    }

    private static int stock(String sku) {
        if (!sku.equals("lamp")) {
            throw new NoSuchElementException("unknown product: " + sku);
        }
        return 3;
    }
}
