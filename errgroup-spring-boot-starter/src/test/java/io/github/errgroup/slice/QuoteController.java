package io.github.errgroup.slice;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QuoteController {
    private final ErrGroups groups;
    private final ErrGroup stock;
    private final Prices prices;

    QuoteController(ErrGroups groups, @Qualifier("stock") ErrGroup stock, Prices prices) {
        this.groups = groups;
        this.stock = stock;
        this.prices = prices;
    }

    @GetMapping("/quotes/{sku}")
    String quote(@PathVariable String sku) throws InterruptedException {
        try (ErrGroup group = groups.open("quote")) {
            Subtask<Long> price = group.go(() -> prices.find(sku));
            group.await();
            return sku + ": " + price.get() + ", limits " + group.limit() + " and " + stock.limit();
        }
    }
}
