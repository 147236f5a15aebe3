package stranger;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.time.Duration;

/** A plain program with the core alone, which is told of a failure, too. */
public final class Plain {
    private Plain() {}

    public static void main(String[] args) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.name("quote").limit(8).timeout(Duration.ofSeconds(10)))) {
            Subtask<Integer> price = group.go("price", () -> 1990);
            Subtask<Integer> stock = group.go("stock", () -> 3);
            group.await();
            System.out.println("plain: " + price.get() + ", " + stock.get());
        }
        try (ErrGroup group = ErrGroup.open(o -> o.name("quote"))) {
            group.go("stock", () -> {
                throw new IOException("no such sku");
            });
            group.await();
        } catch (ErrGroupException e) {
            System.out.println("plain: " + e.task() + " failed: " + e.getCause().getMessage());
        }
    }
}
