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

    Quote quote(String sku) throws InterruptedException {
        try (ErrGroup group = groups.open("quote")) {
            Subtask<Integer> price = group.go("price", () -> price(sku)); // starts a task
            Subtask<Integer> stock = group.go("stock", () -> stock(sku)); // and another one beside it
            group.await(); // waits for both; throws if one failed, and then the other was cancelled
            return new Quote(sku, price.get(), stock.get());
        }
    }

    record Quote(String sku, int cents, int stock) {}

    private static int price(String sku) throws InterruptedException {
        Thread.sleep(200); // stands for a call over the network
        return 1990;
    }

    private static int stock(String sku) {
        if (!sku.equals("lamp")) {
            throw new NoSuchElementException("unknown sku '" + sku + "'");
        }
        return 3;
    }
}
