package io.github.errgroup.sample.quotes;

import io.github.errgroup.sample.web.BadInputException;
import java.util.regex.Pattern;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /quotes/{sku}}. */
@RestController
class QuoteController {
    private static final Pattern SKU = Pattern.compile("[A-Za-z0-9-]{1,32}");

    private final QuoteService quotes;

    QuoteController(QuoteService quotes) {
        this.quotes = quotes;
    }

    @GetMapping("/quotes/{sku}")
    Quote quote(@PathVariable String sku) throws InterruptedException {
        if (!SKU.matcher(sku).matches()) {
            throw new BadInputException("sku", sku, "must be 1 to 32 letters, digits or hyphens");
        }
        return quotes.quote(sku);
    }
}
