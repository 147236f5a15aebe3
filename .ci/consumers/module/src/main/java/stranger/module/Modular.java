package stranger.module;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;

/** A program on the module path. */
public final class Modular {
    private Modular() {}

    public static void main(String[] args) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.name("quote"))) {
            Subtask<Integer> price = group.go("price", () -> 1990);
            Subtask<Integer> stock = group.go("stock", () -> 3);
            group.await();
            System.out.println(ErrGroup.class.getModule() + ": " + price.get() + ", " + stock.get());
        }
    }
}
