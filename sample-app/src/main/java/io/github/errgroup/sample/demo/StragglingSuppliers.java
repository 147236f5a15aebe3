package io.github.errgroup.sample.demo;

import io.github.errgroup.sample.quotes.Quote.Price;
import io.github.errgroup.sample.quotes.Quote.Reviews;
import io.github.errgroup.sample.quotes.Quote.Shipping;
import io.github.errgroup.sample.quotes.Quote.Stock;
import io.github.errgroup.sample.quotes.Suppliers;
import io.github.errgroup.sample.suppliers.Supplier;
import io.github.errgroup.sample.suppliers.SupplierBehaviours;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/**
 * Asks a supplier that straggles by way of {@code CompletableFuture.join()}, which ignores interrupts: the most common way
 * for a task to go on after its group was cancelled. Here to be watched, not to be copied.
 */
@Component
@Primary
final class StragglingSuppliers implements Suppliers {
    private final Suppliers suppliers;

    private final SupplierBehaviours behaviours;

    StragglingSuppliers(@Qualifier("suppliers") Suppliers suppliers, SupplierBehaviours behaviours) {
        this.suppliers = suppliers;
        this.behaviours = behaviours;
    }

    @Override
    public Price price(String sku) {
        return ask(Supplier.PRICE, () -> suppliers.price(sku));
    }

    @Override
    public Stock stock(String sku) {
        return ask(Supplier.STOCK, () -> suppliers.stock(sku));
    }

    @Override
    public Reviews reviews(String sku) {
        return ask(Supplier.REVIEWS, () -> suppliers.reviews(sku));
    }

    @Override
    public Shipping shipping(String sku) {
        return ask(Supplier.SHIPPING, () -> suppliers.shipping(sku));
    }

    private <T> T ask(Supplier supplier, java.util.function.Supplier<T> question) {
        if (!behaviours.of(supplier).straggler()) {
            return question.get();
        }
        try {
            return CompletableFuture.supplyAsync(question, task -> start(task, "straggler-" + supplier.id()))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
