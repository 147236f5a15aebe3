package stranger;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** An application with one dependency more, and three properties. */
@SpringBootApplication
@RestController
public class Application {
    private final ErrGroups groups;

    Application(ErrGroups groups) {
        this.groups = groups;
    }

    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }

    @GetMapping("/quotes/{sku}")
    String quote(@PathVariable String sku) throws InterruptedException {
        try (ErrGroup group = groups.open("quote")) {
            Subtask<Integer> price = group.go("price", () -> 1990);
            Subtask<Integer> stock = group.go("stock", () -> 3);
            group.await();
            return sku + ": " + price.get() + ", " + stock.get() + " with " + group.options();
        }
    }
}
