package io.github.errgroup.sample.suppliers;

import io.github.errgroup.sample.web.BadInputException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows and changes how the suppliers behave, to provoke a failure, a deadline or a straggler. */
@RestController
@RequestMapping("/suppliers")
class SupplierController {
    private final SupplierBehaviours behaviours;

    SupplierController(SupplierBehaviours behaviours) {
        this.behaviours = behaviours;
    }

    @GetMapping
    Map<String, View> all() {
        Map<String, View> views = new LinkedHashMap<>();
        behaviours.all().forEach((supplier, behaviour) -> views.put(supplier.id(), View.of(behaviour)));
        return views;
    }

    /** Changes the values that the body has, and leaves the others. */
    @PatchMapping("/{id}")
    View change(@PathVariable String id, @RequestBody Change change) {
        Supplier supplier = find(id);
        SupplierBehaviour changed = change.appliedTo(behaviours.of(supplier));
        behaviours.change(supplier, changed);
        return View.of(changed);
    }

    /** Takes all changes of one supplier back. */
    @DeleteMapping("/{id}")
    View reset(@PathVariable String id) {
        Supplier supplier = find(id);
        behaviours.reset(supplier);
        return View.of(behaviours.of(supplier));
    }

    /** Takes all changes of all suppliers back. */
    @DeleteMapping
    Map<String, View> resetAll() {
        for (Supplier supplier : Supplier.values()) {
            behaviours.reset(supplier);
        }
        return all();
    }

    private static Supplier find(String id) {
        return Supplier.of(id)
                .orElseThrow(() ->
                        BadInputException.notFound("supplier", id, "must be one of price, stock, reviews, shipping"));
    }

    /** A behaviour as JSON has it. */
    record View(long delayMs, double failureRate, boolean straggler) {
        static View of(SupplierBehaviour behaviour) {
            return new View(behaviour.delay().toMillis(), behaviour.failureRate(), behaviour.straggler());
        }
    }

    /** What to change; null for what stays. */
    record Change(
            @Nullable Long delayMs,
            @Nullable Double failureRate,
            @Nullable Boolean straggler) {
        SupplierBehaviour appliedTo(SupplierBehaviour now) {
            long millis = delayMs == null ? now.delay().toMillis() : delayMs;
            BadInputException.checkRange("delayMs", millis, 0, SupplierBehaviour.MAX_DELAY.toMillis());
            double rate = failureRate == null ? now.failureRate() : failureRate;
            if (!(rate >= 0 && rate <= 1)) {
                throw new BadInputException("failureRate", rate, "must be from 0 to 1");
            }
            return new SupplierBehaviour(
                    Duration.ofMillis(millis), rate, straggler == null ? now.straggler() : straggler);
        }
    }
}
