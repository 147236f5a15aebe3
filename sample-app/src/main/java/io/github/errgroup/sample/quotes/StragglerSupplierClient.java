package io.github.errgroup.sample.quotes;

import io.github.errgroup.sample.suppliers.Supplier;
import io.github.errgroup.sample.suppliers.SupplierBehaviours;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Asks like another client, but those suppliers that are to straggle by way of {@code CompletableFuture.join()}, which
 * ignores interrupts: the commonest way for a task to outlive its group's cancellation. Here to be watched, not to be
 * copied.
 */
final class StragglerSupplierClient implements SupplierClient {
    private final SupplierClient client;

    private final SupplierBehaviours behaviours;

    StragglerSupplierClient(SupplierClient client, SupplierBehaviours behaviours) {
        this.client = client;
        this.behaviours = behaviours;
    }

    @Override
    public <T> T ask(Supplier supplier, String sku, Class<T> type) {
        if (!behaviours.of(supplier).straggler()) {
            return client.ask(supplier, sku, type);
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        answer.complete(client.ask(supplier, sku, type));
                    } catch (RuntimeException | Error e) {
                        answer.completeExceptionally(e);
                    }
                },
                "straggler-" + supplier.id());
        thread.setDaemon(true);
        thread.start();
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
