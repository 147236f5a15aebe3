package io.github.errgroup.examples;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.ThrowingConsumer;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** A pipeline: each stage is a task of one group, so a failure in any of them stops the others where they wait. */
public final class ProductImport {
    private final ErrGroups groups;
    private final ThrowingConsumer<Product> database;

    public ProductImport(ErrGroups groups, ThrowingConsumer<Product> database) {
        this.groups = groups;
        this.database = database;
    }

    public void run(Iterable<String> lines) throws InterruptedException {
        BlockingQueue<Optional<Product>> parsed = new ArrayBlockingQueue<>(100); // an empty Optional is the end
        BlockingQueue<Optional<Product>> valid = new ArrayBlockingQueue<>(100);
        try (ErrGroup group = groups.open("import")) {
            group.go("preprocess", () -> {
                for (String line : lines) {
                    parsed.put(Optional.of(Product.parse(line)));
                }
                parsed.put(Optional.empty());
            });
            group.go("validate", () -> {
                for (Optional<Product> next = parsed.take(); next.isPresent(); next = parsed.take()) {
                    next.get().validate();
                    valid.put(next);
                }
                valid.put(Optional.empty());
            });
            group.go("save", () -> {
                for (Optional<Product> next = valid.take(); next.isPresent(); next = valid.take()) {
                    database.accept(next.get());
                }
            });
            group.await();
        }
    }

    /** One line of the file: {@code sku;cents}. */
    public record Product(String sku, long cents) {
        static Product parse(String line) {
            String[] cells = line.split(";", 2);
            return new Product(cells[0], Long.parseLong(cells[1]));
        }

        void validate() {
            if (cents <= 0) {
                throw new IllegalArgumentException("cents " + cents + " of " + sku + ": must be above zero");
            }
        }
    }
}
